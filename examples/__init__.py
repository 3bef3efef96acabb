"""Providers to copy from."""
