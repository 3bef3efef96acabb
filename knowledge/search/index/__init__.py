"""Candidates for a question's vector: which passages may be the nearest, for the rows to judge.

An index only hints. The passages that it names are read, filtered and ordered by their true distance in one statement
(`candidates`), beside every row that the index has not seen yet (`mark`). So it never brings back what is deleted,
expired, out of scope or of another model, and a committed write is in the next answer whatever the index knows.

`SEARCH_INDEX` chooses one (`knowledge.embedding.index_choice`):

- `codes`, of this package: files of codes on each machine that searches, made from the rows, mapped by its processes.
  Read `reading` (asking), `segment` (what a file holds), `quantizer` (how a vector becomes a code), `labels` (filters),
  `inverted_lists` (faiss), `section_file` and `manifest` (the files), then `catching_up` and `keeper` (making them).
- `qdrant`, a cluster beside the store (`knowledge.search.qdrant`).
- `hnsw`: pgvector's graph in PostgreSQL (`knowledge.search.vector`).

See docs/decisions/0230.
"""

import threading
from importlib import import_module

from knowledge.embedding.index_choice import cluster_is_used, codes_are_used


def start_keeper() -> None:
    """In a process that answers queries, once it has forked for the last time."""
    if codes_are_used():
        threading.Thread(target=_keep, name="search-index-keeper", daemon=True).start()
    if cluster_is_used():
        import_module("knowledge.search.qdrant.hints")  # takes a second, for which no query should wait


def _keep() -> None:
    """What needs faiss is loaded beside the first requests, not before them."""
    from knowledge.search.index.keeper import Keeper

    Keeper().run()
