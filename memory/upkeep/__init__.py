"""Forgetting, retention and checks.

`erasing`: a scope with all that lies there. `removal`: a context with all that it is.
"""
