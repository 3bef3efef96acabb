"""Larder beside its peers: the same work, in turns, in one run on one machine.

`python -m bench` prints the table and writes JSON. `docs/reference/benchmarks.md` says how each line is measured.
"""
