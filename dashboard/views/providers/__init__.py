"""Providers, their runs, many at once, doctor, manifest, alerts."""
