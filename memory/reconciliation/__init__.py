"""What becomes of a diff: one pure function over what is known, then one transaction that writes it.

`records` are facts as values, `entities` says whom a diff speaks of, `chains` are the dated values of one key,
`reconcile` decides, row by row of the table in docs/decisions/0169; `known` reads and locks what a diff touches and
`applying` writes what was decided.
"""
