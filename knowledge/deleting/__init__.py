"""Deleting and getting back: `trash` deletes, restores, sweeps and purges; `held` keeps deletions that are too many
until a person has decided; `bulk` does both for many documents.
"""
