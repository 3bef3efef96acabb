"""Providers, their runs, doctor, manifest, alerts."""
