"""Texts a second of the local embedding model, and the memory it takes.

    .venv/bin/python -m bench.embedder [FILE] [--count 2000] [--torch PYTHON]

FILE holds one text a line; without it, texts of 4 to 300 words are made up. `--torch` names a Python that can import
sentence-transformers: the same texts run there in turns with ours, and the ratio and the largest difference are shown.
"""

import argparse
import json
import random
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from knowledge.embedders import minilm

WORD_COUNTS = (4, 8, 12, 20, 30, 50, 80, 130, 200, 300)
WORDS = """the of a to and in is it for on with as by that this from policy travel employee invoice budget server
password engineering incident quarterly acknowledgement reimbursement authentication Kubernetes 2024 3.14 e-mail"""

REFERENCE = """
import json, sys, time
import numpy
from sentence_transformers import SentenceTransformer
model = SentenceTransformer(sys.argv[1], device="cpu")
texts = json.load(open(sys.argv[2]))
model.encode(texts[:32])
began = time.perf_counter()
vectors = model.encode(texts, normalize_embeddings=True)
print(time.perf_counter() - began)
numpy.save(sys.argv[3], vectors)
"""


def main() -> None:
    arguments = parse_arguments()
    texts = read_texts(arguments.file) if arguments.file else make_texts(arguments.count)
    print(f"{len(texts):,} texts, {sum(map(len, texts)) / len(texts):,.0f} characters on average")
    model = minilm.MiniLMEmbedder()
    began = time.perf_counter()
    model.probe()
    print(f"loaded in {time.perf_counter() - began:.2f} s, {resident_mib():.0f} MiB resident")
    model.embed(texts[:32])
    ours_s = []
    reference_s = []
    for turn in range(arguments.turns):
        began = time.perf_counter()
        vectors = model.embed(texts)
        ours_s.append(time.perf_counter() - began)
        show(f"larder, turn {turn + 1}", texts, ours_s[-1])
        if arguments.torch:
            seconds, reference = run_reference(arguments.torch, texts)
            reference_s.append(seconds)
            show(f"torch, turn {turn + 1}", texts, seconds)
    print(f"{resident_mib():.0f} MiB resident at the end")
    if arguments.torch:
        print(f"ratio of the best turns {min(reference_s) / min(ours_s):.2f}")
        print(f"largest difference {np.abs(np.stack(vectors) - reference).max():.1e}")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--count", type=int, default=2000, help="texts to make up where no file is given")
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--torch", metavar="PYTHON", help="a Python with sentence-transformers, to compare with")
    return parser.parse_args()


def read_texts(file: Path) -> list[str]:
    return [line for line in file.read_text().splitlines() if line.strip()]


def make_texts(count: int) -> list[str]:
    """The same ones in every run."""
    chance, words = random.Random(1), WORDS.split()
    return [" ".join(chance.choices(words, k=chance.choice(WORD_COUNTS))) for _ in range(count)]


def run_reference(python: str, texts: Sequence[str]) -> tuple[float, np.ndarray]:
    """Seconds and vectors of sentence-transformers, over the same files of the model."""
    with tempfile.TemporaryDirectory() as folder:
        given, answer = Path(folder, "texts.json"), Path(folder, "vectors.npy")
        given.write_text(json.dumps(texts))
        command = [python, "-c", REFERENCE, str(minilm.wheel_folder()), str(given), str(answer)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        return float(done.stdout.split()[-1]), np.load(answer)


def show(what: str, texts: Sequence[str], seconds: float) -> None:
    print(f"{what}: {len(texts) / seconds:,.0f} texts/s in {seconds:.2f} s", flush=True)


def resident_mib() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


if __name__ == "__main__":
    main()
