"""Text Embeddings Inference, which serves one model: https://huggingface.github.io/text-embeddings-inference/"""

from collections.abc import Iterable, Sequence
from typing import Any

from knowledge.reranking import RerankerKind, Scored


def body(model: str, question: str, texts: Sequence[str]) -> dict[str, Any]:
    return {"query": question, "texts": list(texts), "truncate": True, "raw_scores": False, "return_text": False}


def read(answer: Any) -> Iterable[Scored]:
    return [(each["index"], each["score"]) for each in answer]


KIND = RerankerKind(name="tei", path="/rerank", body=body, read=read, most_texts=32)
"""32 is what its `--max-client-batch-size` is where nobody sets it; more are refused."""
