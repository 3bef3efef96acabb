"""Storing documents, all of a push or none: `upsert.upsert_documents` is the only way in.

The way of a push, in the order of its steps:

1. `knowledge.schemas` validates each document, `knowledge.api.pushing` the size of the batch and the sources. One fault
   refuses the whole push, and is named by the document's index and id.
2. `change_set.read_incoming` hashes each content, and its tags and metadata. An id that stands twice is refused.
3. `change_set.build_change_set` compares the hashes with what is stored: created, updated, renewed, unchanged or
   stale, since an older document never replaces a newer one. Where all is one of the last two, only step 8 follows.
4. `upsert._embed` embeds the texts that have no vector yet, outside of any transaction and within the time budget. If
   the backend cannot be reached, nothing is stored.
5. `upsert._store` opens the one transaction, locks the sources and compares again: pushes to a source are stored one
   after the other.
6. `knowledge.staging` writes documents and history, `fulltext` the rows of keyword search, `knowledge.staging` again
   the passages of every model in use. A passage that the budget did not reach gets its vector from
   `knowledge.embedding.pending`. The commit ends all answers that were remembered before.
7. Where the push is a source's whole set, `knowledge.deleting.held` moves the rest of the source to the trash, or
   holds a deletion that is too large. Steps 4 to 7 then follow even where all is unchanged.
8. `upsert._settle` counts, and `knowledge.run_counts` adds it to the sync run that the push belongs to.

Whoever never saw the answer can send the push again: what was stored is unchanged then.

Read `upsert`, `change_set`, `languages` (whose word endings count), `fulltext`, then `replace` (a whole set in parts)
and `scanner`, which finds text that is meant for a language model in what is written; `prefilter` spares it most texts,
`rescan` takes it to what was stored.
"""
