"""Larder as it is run: `manage.py up --no-demo` on a data directory of its own, with vectors that are ready or made."""

import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, cycle
from operator import mod
from pathlib import Path
from typing import Any

from bench.compare.corpus import Corpus, question_of, words_question_of
from bench.compare.cpu import LARDER_KINDS, Processes
from bench.compare.programs import ROOT, clean_environment, free_port, listens, running, wait_until
from bench.compare.wire import post_request
from bench.ollama import variables_for

PYTHON = Path(".venv", "bin", "python")
"""Of a checkout."""

PEERS = ROOT / ".venv-bench" / "bin" / "python"
API = "/api/v1/knowledge"

MAKE_MODEL = """
from django.utils import timezone
from knowledge.embedding.vector_space import active_space
active_space(now=timezone.now())
"""

COUNT_UNSEEN = """
try:
    from knowledge.embedding.index_choice import codes_are_used
    from knowledge.embedding.vector_space import active_model
    from knowledge.search.index.status import index_status
except ImportError:  # an earlier checkout, whose graph holds what is stored
    print(0)
else:
    print(index_status(active_model()).unseen if codes_are_used() else 0)
"""

PLACE = "0.123456789"
"""Where a question's `min_score` goes: always so many characters, as its length is announced."""

distinct = count(1)


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A running Larder, and requests to it."""

    port: int
    data_dir: Path
    process: subprocess.Popen[bytes]
    variables: Mapping[str, str]
    root: Path = ROOT

    @property
    def processes(self) -> Processes:
        """Those that answer; workers and beat, which do the same whether somebody asks or not, are left out."""
        return Processes(roots=(self.process.pid,), kinds=LARDER_KINDS | {"celery": ""}, rest="other")

    @property
    def everything(self) -> Processes:
        """For pushes, which may leave work to workers."""
        return Processes(roots=(self.process.pid,), kinds=LARDER_KINDS, rest="other")

    @property
    def database(self) -> Processes:
        """PostgreSQL alone, for who asks it without Larder."""
        return Processes(roots=(self.process.pid,), kinds={"postgres": "postgresql"})

    def manage(self, *arguments: str) -> str:
        """Run a `manage.py` command against this stack; its standard output."""
        environment = clean_environment() | {**self.variables, "LARDER_DATA_DIR": str(self.data_dir)}
        command = [str(self.root / PYTHON), "manage.py", *arguments]
        return subprocess.check_output(command, cwd=self.root, env=environment, text=True)

    def key(self, role: str, *, source: str = "") -> str:
        bound = ["--source", source] if source else []
        return self.manage("create_key", f"bench {role} {source}".strip(), "--role", role, *bound).strip()

    def make_model(self) -> None:
        """Make the embedding model active now, and in a process of its own: no web process has seen an empty store."""
        self.shell(MAKE_MODEL)

    def unseen_rows(self) -> int:
        """Rows that the index does not hold yet, by the product's own status. The one place that knows how to ask."""
        return int(self.shell(COUNT_UNSEEN))

    def shell(self, program: str) -> str:
        return self.manage("shell", "--no-imports", "-c", program)

    def push(self, batch: bytes, *, key: str) -> bytes:
        return post_request(f"{API}/bulk-upsert", batch, key=key)

    def questions(
        self, rows: Iterable[int], *, key: str, top_k: int, tag: str = "", mode: str = "semantic", **more: Any
    ) -> list[bytes]:
        """Each of them once."""
        body = {"top_k": top_k, "tags": tag or None, "mode": mode, **more}
        text_of = question_of if mode == "semantic" else words_question_of
        return [post_request(f"{API}/query", {"text": text_of(row), **body}, key=key) for row in rows]

    def distinct_questions(self, rows: Iterable[int], **asked: Any) -> Iterator[bytes]:
        """These again and again, endlessly, and no two alike: each has a `min_score` of its own, so that no answer is
        remembered for it, only the text's vector. Made beforehand but for that, by iterators that are written in C.
        """
        requests = self.questions(rows, min_score=float(PLACE), **asked)
        forms = [request.replace(b"%", b"%%").replace(PLACE.encode(), b"%.9f") for request in requests]
        return map(mod, cycle(forms), map((1e-9).__mul__, distinct))


@contextmanager
def larder(data_dir: Path, root: Path = ROOT, /, **variables: str) -> Iterator[Stack]:
    """Of this checkout, or of another one that is installed in its own `.venv`."""
    port = free_port()
    up = ("manage.py", "up", "--no-demo", "--port", str(port), "--data-dir", str(data_dir))
    command = [str(root / PYTHON), *up]
    with running(command, variables=variables, log=data_dir.with_suffix(".log"), root=root) as process:
        wait_until(lambda: listens(port, process), what="Larder")
        yield Stack(port=port, data_dir=data_dir, process=process, variables=variables, root=root)


@contextmanager
def ready_embedder(corpus: Corpus) -> Iterator[dict[str, str]]:
    """A server that knows the corpus' vectors; yields the variables that point a stack at it."""
    with running([str(PEERS), "-m", "bench.compare.ready", str(corpus.file)], stdout=subprocess.PIPE) as process:
        assert process.stdout
        yield variables_for(int(process.stdout.readline()))
