"""Qdrant, a cluster that holds vectors and labels of passages beside the store, and names candidates for a query.

Rows decide and the cluster hints: what it names is looked up, filtered and ordered by the rows. Triggers note what
changes in an outbox (`knowledge.models.outbox`), workers send it.

`lineage` says whether the cluster was fed from this very store, `client` asks it within a budget, `filters` translates
a scope, `collections` makes what is asked. `points` sends passages as they stand: `draining` those that the outbox
names, `rebuild` those that there are. `hints` asks for candidates, `status` tells how it all stands.

`client`, `filters`, `collections`, `points` and `hints` need `qdrant-client`, which only those who use Qdrant install;
what is loaded anyway imports them where it uses them. See docs/decisions/0223 and 0224.
"""
