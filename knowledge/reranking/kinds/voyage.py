"""Voyage: https://docs.voyageai.com/reference/reranker-api"""

from collections.abc import Iterable, Sequence
from typing import Any

from knowledge.reranking import RerankerKind, Scored


def body(model: str, question: str, texts: Sequence[str]) -> dict[str, Any]:
    return {"model": model, "query": question, "documents": list(texts), "truncation": True}


def read(answer: Any) -> Iterable[Scored]:
    return [(each["index"], each["relevance_score"]) for each in answer["data"]]


KIND = RerankerKind(name="voyage", url="https://api.voyageai.com", path="/v1/rerank", body=body, read=read)
