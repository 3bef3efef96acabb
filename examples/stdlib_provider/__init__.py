"""A provider of what is on every machine with Python: the documentation of the standard library."""
