"""Records of a catalogue that is trusted: nodes, by kind and slug, and what relates them.

A node is an entity with a slug. The scalar members of its content are facts of the source kind `node`, and what relates
two nodes is one, too; the whole of it is a document of the store.

Read on in this order: `given` (what a caller may send), `upsert` (the verb: all of a batch or nothing), `batch` (what
it works on), `relations`, `planning` (what becomes of facts, pure), `rows` (the statements), `searchable` (the
documents), `removing`, `browsing` (lists, neighbours, search).

See docs/decisions/0173.
"""

from memory.nodes.given import Given, NodeRow, RelationRow, read_nodes
from memory.nodes.removing import delete_node
from memory.nodes.upsert import UpsertCounts, upsert_nodes

__all__ = [
    "Given",
    "NodeRow",
    "RelationRow",
    "UpsertCounts",
    "delete_node",
    "read_nodes",
    "upsert_nodes",
]
