"""What agents learn: conversations and trusted records go in, structured facts come out, reconciled and dated.

A turn is kept as it was said, whatever becomes of it. Reading it gives a `Diff`: claims about the world, nothing
decided. Reconciling the diff with what is known gives `Decisions`; the caller locks what they touch and writes all of
them, or nothing, in one transaction. What is searched are documents of the source `memory.<context>`.

    turn ──> extraction (rules ──> fast model ──> strong model) ──> Diff ──> reconciliation ──> facts, instructions,
                                                                                                uncertainties

Read on in this order: `models` (what is kept), `vocabulary` (keys, types, folding), `extraction.diff` (what reading
gives), `extraction` (how a turn is read), `budget` and `retries` (what models may cost, and when they are asked again),
`reconciliation` (what becomes of it), `writing` (turns, triples), `reading` (queries, context, state, history),
`conversing` (answers of a model out of it), `documents` (files of a context), `access` (contexts, keys, scopes),
`upkeep` (forgetting, retention, checks).

Below the tables stand `knowledge` and `ingestion`; only `dashboard` and `config` know this package.
"""
