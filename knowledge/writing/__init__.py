"""The one write door: `upsert` is the verb, `change_set` compares a push with what is stored, `fulltext` writes the
rows of keyword search, `replace` takes a source's whole set in parts, `scanner` finds text that is meant for a language
model.
"""
