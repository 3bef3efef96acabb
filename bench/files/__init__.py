"""Files: what Larder's way of reading costs beside the libraries alone, how fast files are done, what uploads weigh,
which words of others' files are lost.

    .venv/bin/python -m bench.files reading [FOLDER]   # by kind: files and MB a second, beside the same libraries
    .venv/bin/python -m bench.files words FOLDER     # of what a reader sees, which words are not read, by kind
    .venv/bin/python -m bench.files ingest           # `manage.py ingest` of small files until all are done, twice
    .venv/bin/python -m bench.files first              # from an upload to the first query that finds it
    .venv/bin/python -m bench.files uploads            # the memory of ten large uploads at once

Files are made for the occasion, of the sizes that people have; `reading` takes a folder of one's own instead. `reading`
runs alone, the others start all of `manage.py up` on a data directory of their own, with vectors that are ready, or
with `--local` as a new store makes them. `docs/reference/benchmarks.md` says what is measured.
"""
