"""Jina, and what speaks as it does, such as vLLM, Infinity and llama.cpp: https://jina.ai/reranker/"""

from collections.abc import Iterable, Sequence
from typing import Any

from knowledge.reranking import RerankerKind, Scored


def body(model: str, question: str, texts: Sequence[str]) -> dict[str, Any]:
    asked = {"model": model, "query": question, "documents": list(texts)}
    return asked | {"top_n": len(texts), "return_documents": False}


def read(answer: Any) -> Iterable[Scored]:
    return [(each["index"], each["relevance_score"]) for each in answer["results"]]


KIND = RerankerKind(name="jina", url="https://api.jina.ai", path="/v1/rerank", body=body, read=read)
