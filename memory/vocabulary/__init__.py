"""The words of the graph: keys and verbs, types, categories, and how names and values are compared.

Pure: no tables, no clock.
"""
