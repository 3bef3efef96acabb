"""Documents of a context, over its API."""
