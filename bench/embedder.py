"""Texts a second of the local embedding model in both precisions, a question's time, and the memory they take.

    .venv/bin/python -m bench.embedder [FILE] [--count 2000] [--torch PYTHON]

FILE holds one text a line; without it, texts of 4 to 300 words are made up. `--torch` names a Python that can import
sentence-transformers: the same texts run there in turns with ours, and ratios and differences are shown.
"""

import argparse
import pickle
import random
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import numpy as np

from knowledge.embedding.embedders import minilm

WORD_COUNTS = (4, 8, 12, 20, 30, 50, 80, 130, 200, 300)
WORDS = """the of a to and in is it for on with as by that this from policy travel employee invoice budget server
password engineering incident quarterly acknowledgement reimbursement authentication Kubernetes 2024 3.14 e-mail"""

Embed = Callable[[Sequence[str]], Sequence[np.ndarray] | np.ndarray]

REFERENCE = """
import pickle, sys
from sentence_transformers import SentenceTransformer
model = SentenceTransformer(sys.argv[1], device="cpu")
while True:
    try:
        texts = pickle.load(sys.stdin.buffer)
    except EOFError:
        break
    pickle.dump(model.encode(texts, normalize_embeddings=True, show_progress_bar=False), sys.stdout.buffer)
    sys.stdout.buffer.flush()
"""


def main() -> None:
    arguments = parse_arguments()
    texts = read_texts(arguments.file) if arguments.file else make_texts(arguments.count)
    print(f"{len(texts):,} texts, {sum(map(len, texts)) / len(texts):,.0f} characters on average")
    ours = {"int8": load("int8", int8=True), "float32": load("float32", int8=False)}
    seconds: dict[str, list[float]] = defaultdict(list)
    vectors: dict[str, np.ndarray] = {}
    with reference(arguments.torch) as torch:
        contenders = {name: model.embed for name, model in ours.items()} | ({"torch": torch} if torch else {})
        for name, embed in contenders.items():
            vectors[name] = np.stack(list(embed(texts)))
        for _ in range(arguments.turns):
            for name, embed in contenders.items():
                began = time.perf_counter()
                embed(texts)
                seconds[name].append(time.perf_counter() - began)
        show(seconds, texts)
        show_questions(contenders)
    print(f"{resident_mib():.0f} MiB resident at the end")
    for name in vectors:
        show_difference(name, vectors[name], vectors.get("torch", vectors["float32"]))


def load(name: str, *, int8: bool) -> minilm.MiniLMEmbedder:
    model = minilm.MiniLMEmbedder(int8=int8)
    began = time.perf_counter()
    model.probe()
    print(f"{name} loaded in {time.perf_counter() - began:.2f} s, {resident_mib():.0f} MiB resident")
    return model


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--count", type=int, default=2000, help="texts to make up where no file is given")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--torch", metavar="PYTHON", help="a Python with sentence-transformers, to compare with")
    return parser.parse_args()


def read_texts(file: Path) -> list[str]:
    return [line for line in file.read_text().splitlines() if line.strip()]


def make_texts(count: int) -> list[str]:
    """The same ones in every run."""
    chance, words = random.Random(1), WORDS.split()
    return [" ".join(chance.choices(words, k=chance.choice(WORD_COUNTS))) for _ in range(count)]


@contextmanager
def reference(python: str | None) -> Iterator[Embed | None]:
    """sentence-transformers over the same files, in a process that stays; its pipe costs microseconds a text."""
    if python is None:
        yield None
        return
    command = [python, "-c", REFERENCE, str(minilm.wheel_folder())]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL) as process:

        def embed(texts: Sequence[str]) -> np.ndarray:
            assert process.stdin
            assert process.stdout
            pickle.dump(list(texts), process.stdin)
            process.stdin.flush()
            return np.asarray(pickle.load(process.stdout))

        yield embed


def show(seconds: Mapping[str, Sequence[float]], texts: Sequence[str]) -> None:
    """Medians; the ratio is against torch, turn by turn."""
    for name, each in seconds.items():
        ratios = [theirs / ours for ours, theirs in zip(each, seconds.get("torch", each), strict=True)]
        print(f"{name}: {len(texts) / median(each):,.0f} texts/s, {median(ratios):.2f} times torch", flush=True)


def show_questions(contenders: Mapping[str, Embed], *, turns: int = 50) -> None:
    """Milliseconds of one short text, as a query has it."""
    milliseconds: dict[str, list[float]] = defaultdict(list)
    for turn in range(turns):
        for name, embed in contenders.items():
            began = time.perf_counter()
            embed([f"How are travel costs of team {turn} reimbursed?"])
            milliseconds[name].append(1000 * (time.perf_counter() - began))
    for name, each in milliseconds.items():
        print(f"{name}: {median(each):.2f} ms for one question", flush=True)


def show_difference(name: str, vectors: np.ndarray, reference: np.ndarray) -> None:
    cosines = (vectors * reference).sum(axis=1)
    largest = np.abs(vectors - reference).max()
    print(f"{name}: largest difference {largest:.1e}, cosine {cosines.mean():.5f}, least {cosines.min():.5f}")


def resident_mib() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


if __name__ == "__main__":
    main()
