"""Which index searches by meaning: what is asked for, where this machine has what it needs."""

import importlib.util
import platform
from functools import cache
from pathlib import Path

from django.conf import settings

CODES, HNSW, QDRANT = "codes", "hnsw", "qdrant"


def codes_are_used() -> bool:
    return settings.SEARCH_INDEX == CODES and not why_no_codes()


def cluster_is_used() -> bool:
    return settings.SEARCH_INDEX == QDRANT


def graph_is_used() -> bool:
    """pgvector's, which PostgreSQL then keeps."""
    return not (codes_are_used() or cluster_is_used())


@cache
def why_no_codes() -> str:
    """A sentence, or "" where nothing is missing."""
    if importlib.util.find_spec("faiss") is None:
        return "faiss is not installed, so `hnsw` is used: install faiss-cpu, or set SEARCH_INDEX=hnsw."
    if platform.machine() in ("x86_64", "AMD64") and not _has_avx2():
        return "this processor has no AVX2, without which codes are slow, so `hnsw` is used: set SEARCH_INDEX=hnsw."
    return ""


def _has_avx2() -> bool:
    """As Linux tells; where nothing tells, it is taken to be there."""
    try:
        return " avx2 " in Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return True
