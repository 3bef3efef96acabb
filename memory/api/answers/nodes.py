"""What is told of the records of a catalogue."""

from datetime import datetime
from typing import Any

from pydantic import Field

from memory.api.answers.base import Ms, PagedOut, Scopes, Score, Shape


class NodeCountsOut(Shape):
    """What a batch changed."""

    created: int = Field(description="nodes that are new")
    updated: int = Field(description="nodes whose title or content differs")
    unchanged: int = Field(description="nodes that were there as they were sent")
    relations_created: int = Field(alias="relations_created", description="relations that are new")
    relations_existing: int = Field(alias="relations_existing", description="relations that were there")


class NodeOut(Shape):
    """A record."""

    id: str = Field(description="entity:<id>")
    kind: str = Field(description="what it is, as the caller calls it")
    slug: str = Field(description="which one of its kind")
    title: str = Field(description="as people call it")
    content: dict[str, Any] | str | None = Field(description="as it was sent")
    placeholder: bool = Field(description="true: only a relation named it so far")
    scopes: Scopes
    created_at: datetime = Field(description="when it was first named")
    updated_at: datetime = Field(description="when it last changed")


class NodesOut(PagedOut):
    """Nodes, by kind and slug."""

    nodes: list[NodeOut] = Field(description="of this page")


class NodeHitOut(Shape):
    """A node that answers."""

    score: Score
    node: NodeOut = Field(description="itself")


class NodeHitsOut(Shape):
    """The nodes that answer."""

    results: list[NodeHitOut] = Field(description="the best first")
    query_ms: Ms


class RelatedNodeOut(NodeOut):
    """A node that relations lead to."""

    distance: int = Field(description="steps to it, from 1")


class NodeEndOut(Shape):
    """One end of a relation."""

    kind: str = Field(description="of the node")
    slug: str = Field(description="of the node")
    title: str = Field(description="of the node")


class NodeRelationOut(Shape):
    """What one node has to do with another."""

    id: str = Field(description="fact:<id>")
    source: NodeEndOut = Field(alias="in", description="whom it is about")
    target: NodeEndOut | None = Field(alias="out", description="where it leads")
    label: str = Field(description="such as belongs_to")


class RelatedOut(Shape):
    """What relations lead to, either way."""

    nodes: list[RelatedNodeOut] = Field(description="the nearest first")
    relations: list[NodeRelationOut] = Field(description="that lead there")
    truncated: bool = Field(description="whether there were more relations than are told")
