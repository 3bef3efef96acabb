"""Records of a catalogue that is trusted: nodes, by kind and slug, and what relates them.

A node is an entity with a slug. The scalar members of its content are facts of the source kind `node`, and what relates
two nodes is one, too; the whole of it is a document of the store.

Read on in this order: `given` (what a caller may send), `upsert` (the verb: all of a batch or nothing), `planning`
(what of it is new, pure), `conflicts` (what is known from elsewhere), `rows` (the statements), `removing`.

See docs/decisions/0173.
"""
