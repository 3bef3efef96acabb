"""Keys of the metadata that ranges ask an index for, because an admin declared them.

`declaring` keeps which these are, `building` makes their indexes beside those who read and write, and `serving` says
which comparisons of a filter an index serves.

See docs/decisions/0278.
"""
