"""Telling people when a provider's state changes: once each way, by webhook or mail, until it has arrived."""
