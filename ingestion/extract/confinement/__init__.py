"""What a reader of files may not do, and by which measures of the system it is kept from it.

`measures.confine` takes all of them that the system grants and says why not of the others; `doors` says what stays open
then, for the doctor, the overview and the system's page. Knows no Django, and imports nothing that takes long.

See docs/decisions/0198.
"""
