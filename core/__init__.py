"""Shared tools that know no model and no other package: errors, SQL, Redis, paging, batches, registries.

Read `errors` and `sql` first; the others are looked at when needed.
"""
