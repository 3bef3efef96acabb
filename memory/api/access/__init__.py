"""Contexts, their keys, principals and scopes, what was done there, and whether the memory answers."""
