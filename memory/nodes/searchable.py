"""A node as what is searched: a document of the store."""

import re
from uuid import UUID

from knowledge.schemas import DocumentIn

NODE = "kind:node"
"""On every node's document of the store."""


def node_document(
    node_id: UUID, *, source: str, scope_tag: str, kind: str, slug: str, title: str, text: str
) -> DocumentIn:
    return DocumentIn(
        id=f"node/{node_id}",
        content=text,
        source=source,
        tags=sorted([NODE, scope_tag, kind_tag(kind)]),
        metadata={"kind": kind, "slug": slug, "title": title},
    )


def kind_tag(kind: str) -> str:
    """Kinds may have letters that tags may not: two of them can share a tag."""
    return "node:" + re.sub(r"[^a-z0-9_]", "-", kind)
