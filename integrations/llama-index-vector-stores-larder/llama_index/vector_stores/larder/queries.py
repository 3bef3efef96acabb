"""LlamaIndex's queries as Larder's."""

from __future__ import annotations

from typing import Any

from llama_index.core.vector_stores.types import VectorStoreQuery, VectorStoreQueryMode
from llama_index.vector_stores.larder.filters import Filter, joined, larder_filter
from llama_index.vector_stores.larder.nodes import OF_DOCUMENT

MODES = {
    VectorStoreQueryMode.DEFAULT: "semantic",
    VectorStoreQueryMode.MMR: "semantic",
    VectorStoreQueryMode.TEXT_SEARCH: "keyword",
    VectorStoreQueryMode.SPARSE: "keyword",
    VectorStoreQueryMode.HYBRID: "hybrid",
    VectorStoreQueryMode.SEMANTIC_HYBRID: "hybrid",
}
OF_ALPHA = {None: "hybrid", 0.5: "hybrid", 0: "keyword", 1: "semantic"}


def larder_query(query: VectorStoreQuery, *, mmr_threshold: float | None = None, **options: Any) -> dict[str, Any]:
    """The arguments of a client's `query`; `options` go before what the query says.

    Raises ValueError, which names what Larder cannot do.
    """
    mode = _mode(query)
    threshold = query.mmr_threshold if mmr_threshold is None else mmr_threshold
    if threshold not in (None, 0.5):
        raise ValueError(f"Larder weighs likeness and novelty alike: mmr_threshold is 0.5, not {threshold!r}")
    asked: dict[str, Any] = {"text": query.query_str or "", "mode": mode, "top_k": _top_k(query, mode)}
    if query.query_embedding and mode != "keyword":
        asked["vector"] = query.query_embedding
    if query.mode == VectorStoreQueryMode.MMR:
        asked["strategy"] = "diverse"
    return {**asked, "filter": _filter(query), **options}


def _mode(query: VectorStoreQuery) -> str:
    if (mode := MODES.get(query.mode)) is None:
        raise ValueError(f"Larder has no query mode {query.mode.value!r}")
    if mode == "hybrid" and (mode := OF_ALPHA.get(query.alpha, "")) == "":
        raise ValueError(f"Larder joins two rankings as equals: alpha is 0, 0.5 or 1, not {query.alpha!r}")
    return mode


def _top_k(query: VectorStoreQuery, mode: str) -> int:
    own = {"keyword": query.sparse_top_k, "hybrid": query.hybrid_top_k}.get(mode)
    return own or query.similarity_top_k


def _filter(query: VectorStoreQuery) -> Filter | None:
    """An index names no nodes by an empty list, and means all of them."""
    parts = [larder_filter(query.filters)]
    if query.node_ids:
        parts.append({"key": "id", "op": "in", "value": query.node_ids})
    if query.doc_ids:
        parts.append({"key": OF_DOCUMENT, "op": "in", "value": query.doc_ids})
    given = [part for part in parts if part is not None]
    return joined("and", given) if given else None
