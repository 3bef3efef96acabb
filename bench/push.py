"""Push many documents twice: what a first push costs, what an unchanged one costs, what the web process weighs.

    python -m bench.push http://127.0.0.1:8000 KEY --texts FOLDER --count 20000 [--web-pid PID]

KEY is a provider key bound to a source. Texts are the paragraphs of the folder's text files, in order and repeated with
a number as often as needed, so that each document is distinct. Prints medians, totals and the ratio of the two passes.
"""

import argparse
import itertools
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from bench.sampling import sampled

BULK = "/api/v1/knowledge/bulk-upsert"
STATS = "/api/v1/knowledge/stats"


@dataclass(frozen=True, kw_only=True)
class Pass:
    """One walk over all batches; seconds a batch, and the counts added up."""

    seconds: list[float]
    counts: dict[str, int]

    @property
    def total_s(self) -> float:
        return sum(self.seconds)


@dataclass
class Weight:
    """The largest resident memory of a process and its children."""

    pid: int
    most_bytes: int = 0

    def look(self) -> None:
        tree = [psutil.Process(self.pid), *psutil.Process(self.pid).children(recursive=True)]
        self.most_bytes = max(self.most_bytes, max(each.memory_info().rss for each in tree))


def paragraphs(folder: Path) -> list[str]:
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".md", ".txt", ".rst", ".py"))
    texts = (part.strip() for path in files for part in path.read_text(errors="ignore").split("\n\n"))
    return [text for text in texts if len(text) > 80]


def documents(texts: list[str], count: int) -> Iterator[dict[str, object]]:
    for number, text in enumerate(itertools.islice(itertools.cycle(texts), count)):
        content = text if number < len(texts) else f"{number // len(texts)}. {text}"
        yield {
            "id": f"bench:{number}",
            "content": content,
            "tags": ["bench", f"part:{number % 10}"],
            "metadata": {"n": number},
        }


def push_all(client: httpx.Client, batches: Sequence[Mapping[str, object]]) -> Pass:
    seconds, totals = [], dict.fromkeys(("created", "updated", "renewed", "unchanged", "pending"), 0)
    for batch in batches:
        began = time.perf_counter()
        answer = client.post(BULK, json=batch).raise_for_status().json()
        seconds.append(time.perf_counter() - began)
        totals = {name: totals[name] + answer[name] for name in totals}
    return Pass(seconds=seconds, counts=totals)


def wait_until_embedded(client: httpx.Client) -> float:
    """Seconds until no passage waits for its vector."""
    began = time.perf_counter()
    while client.get(STATS).raise_for_status().json()["pending"]:
        time.sleep(0.5)
    return time.perf_counter() - began


def report(name: str, done: Pass, count: int) -> None:
    speed, median_s = count / done.total_s, statistics.median(done.seconds)
    print(f"{name:<10} {speed:>9,.0f} docs/s {done.total_s:>8.2f} s {median_s:>8.3f} s a batch  {done.counts}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("key")
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--batch", type=int, default=1_000)
    parser.add_argument("--web-pid", type=int)
    options = parser.parse_args()
    everything = list(documents(paragraphs(options.texts), options.count))
    batches = [{"documents": everything[at : at + options.batch]} for at in range(0, len(everything), options.batch)]
    weight = Weight(options.web_pid) if options.web_pid else None
    bearer = {"Authorization": f"Bearer {options.key}"}
    with (
        sampled(weight.look, every_s=0.1) if weight else nullcontext(),
        httpx.Client(base_url=options.url, headers=bearer, timeout=60, trust_env=False) as client,
    ):
        first = push_all(client, batches)
        report("first", first, options.count)
        drained_s = wait_until_embedded(client)
        print(f"{'drained':<12}{drained_s:>9.2f} s until the worker had embedded the rest")
        again = push_all(client, batches)
        report("unchanged", again, options.count)
    print(f"first over unchanged: {first.total_s / again.total_s:.0f} times the time; ", end="")
    print(f"with the worker's part {(first.total_s + drained_s) / again.total_s:.0f} times")
    if weight:
        print(f"web process: {weight.most_bytes / 2**20:.0f} MiB at most")


if __name__ == "__main__":
    main()
