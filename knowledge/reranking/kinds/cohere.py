"""Cohere: https://docs.cohere.com/reference/rerank"""

from collections.abc import Iterable, Sequence
from typing import Any

from knowledge.reranking import RerankerKind, Scored


def body(model: str, question: str, texts: Sequence[str]) -> dict[str, Any]:
    return {"model": model, "query": question, "documents": list(texts), "top_n": len(texts)}


def read(answer: Any) -> Iterable[Scored]:
    return [(each["index"], each["relevance_score"]) for each in answer["results"]]


KIND = RerankerKind(name="cohere", url="https://api.cohere.com", path="/v2/rerank", body=body, read=read)
