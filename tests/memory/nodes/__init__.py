"""Nodes of a catalogue, over the API and on their own."""
