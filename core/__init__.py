"""Tools that every other package uses: no models, no rules of the domain. Knows none of them.

Read `errors` first, then `paging`.
"""
