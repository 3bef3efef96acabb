"""How well the store finds what people judged relevant, in each mode, and how long a query takes.

    python -m bench.retrieval FOLDER [--json FILE]

FOLDER holds a test collection as TREC writes them: one XML file of `<doc>` (`<docno>`, `<text>`), one of `<top>`
(`<title>`), and judgments, a text file of `topic iteration document relevance`. Topics are numbered as they stand, from
1. A relevance below 1 counts as none, another as a gain of 2^relevance - 1.

Everything is real: a database of its own on the configured server, which is dropped at the end, the write door, the
configured embedder, the search. Without Redis' help: nothing is asked twice.
"""

import argparse
import json
import math
import os
import re
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import django

TOP_K = 10
BATCH = 500


@dataclass(frozen=True, kw_only=True)
class Collection:
    """Texts by document number, the topics in order, and relevance by topic number and document number."""

    texts: dict[str, str]
    topics: list[str]
    relevance: dict[int, dict[str, int]]


@dataclass(frozen=True, kw_only=True)
class Quality:
    """Means over the topics; milliseconds are medians of the search without embedding its text."""

    mode: str
    ndcg: float
    recall: float
    search_ms: float


def read_collection(folder: Path) -> Collection:
    documents, topics = "", ""
    for path in folder.glob("*.xml"):
        content = path.read_text(errors="replace")
        documents, topics = (content, topics) if "<docno>" in content else (documents, content)
    items = re.findall(r"(?s)<doc>.*?</doc>", documents)
    texts = {between(item, "docno").strip(): between(item, "text").strip() for item in items}
    relevance: dict[int, dict[str, int]] = defaultdict(dict)
    for line in next(folder.glob("*.txt")).read_text().splitlines():
        if len(parts := line.split()) == 4:
            relevance[int(parts[0])][parts[2]] = int(parts[3])
    titles = [between(each, "title").strip() for each in re.findall(r"(?s)<top>.*?</top>", topics)]
    return Collection(texts=texts, topics=titles, relevance=relevance)


def between(text: str, tag: str) -> str:
    found = re.search(rf"(?s)<{tag}>(.*?)</{tag}>", text)
    return found[1] if found else ""


def gain(relevance: int) -> int:
    return 2**relevance - 1 if relevance >= 1 else 0


def ndcg(found: list[str], judged: dict[str, int]) -> float:
    ideal = discounted(sorted(map(gain, judged.values()), reverse=True)[:TOP_K])
    return discounted([gain(judged.get(key, 0)) for key in found]) / ideal if ideal else 0.0


def discounted(gains: list[int]) -> float:
    return sum(each / math.log2(place + 2) for place, each in enumerate(gains))


def recall(found: list[str], judged: dict[str, int]) -> float:
    relevant = {key for key, each in judged.items() if each >= 1}
    return len(relevant.intersection(found)) / len(relevant) if relevant else 0.0


@contextmanager
def scratch_database() -> Iterator[None]:
    from django.db import connections

    connection: Any = connections["default"]  # only PostgreSQL's has a pool
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.close_pool()
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def store(collection: Collection) -> float:
    """Push the texts; the seconds that it took."""
    from django.utils import timezone

    from knowledge.embedding.vector_space import active_space
    from knowledge.schemas import DocumentIn
    from knowledge.writing.upsert import upsert_documents

    began, now = time.perf_counter(), timezone.now()
    items = [DocumentIn(id=number, content=text, source="bench") for number, text in collection.texts.items() if text]
    for at in range(0, len(items), BATCH):
        upsert_documents(items[at : at + BATCH], now=now, space=active_space(now=now))
    return time.perf_counter() - began


def measure(collection: Collection, mode: str) -> Quality:
    from django.utils import timezone

    from knowledge.embedding.vector_space import active_space
    from knowledge.search import Mode, Query, search

    now = timezone.now()
    space = active_space(now=now)
    scores, recalls, times = [], [], []
    for number, topic in enumerate(collection.topics, start=1):
        answer = search(Query(text=topic, mode=Mode(mode), top_k=TOP_K, explain=True), now=now, space=space)
        found, judged = [hit.document.key for hit in answer.hits], collection.relevance[number]
        scores.append(ndcg(found, judged))
        recalls.append(recall(found, judged))
        times.append(answer.search_ms)
    return Quality(
        mode=mode, ndcg=statistics.mean(scores), recall=statistics.mean(recalls), search_ms=statistics.median(times)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", type=Path, default=Path("bench-retrieval.json"))
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.utils import timezone

    from knowledge.embedding.vector_space import active_space

    collection = read_collection(options.folder)
    with scratch_database():
        stored_s = store(collection)
        model = active_space(now=timezone.now()).model.name
        print(
            f"{len(collection.texts):,} documents stored in {stored_s:.1f} s, {len(collection.topics)} topics, {model}"
        )
        print(f"{'mode':<10}{'nDCG@10':>9}{'recall@10':>11}{'p50 ms':>9}")
        measured = [measure(collection, mode) for mode in ("semantic", "keyword", "hybrid")]
        for each in measured:
            print(f"{each.mode:<10}{each.ndcg:>9.4f}{each.recall:>11.4f}{each.search_ms:>9.2f}")
    options.json.write_text(
        json.dumps({"model": model, "stored_s": stored_s, "modes": [asdict(each) for each in measured]}, indent=2)
    )


if __name__ == "__main__":
    main()
