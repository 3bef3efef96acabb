"""Which segments are an index of a model's passages, and up to which mark: one small file, replaced whole.

    <SEARCH_INDEX_DIR>/<model's row>/manifest.json, *.segment

Whoever reads it has segments and a mark that belong together, however old they are. One replaces it at a time, and one
makes what is large.
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from core.sql import fetch
from knowledge.models import EmbeddingModel
from knowledge.search.index.mark import Mark

MANIFEST = "manifest.json"
LOCK = "writer.lock"
MAKING = "making"
VERSION = 2

# A dump that is read in makes another table, a restored data directory another timeline, a new server another system.
IDENTITY = """
SELECT (SELECT system_identifier FROM pg_control_system()), (SELECT timeline_id FROM pg_control_checkpoint()),
       (SELECT oid::bigint FROM pg_database WHERE datname = current_database()),
       'knowledge_passage'::regclass::oid::bigint, pg_relation_filenode('knowledge_passage')::bigint
"""


KEEPER_LOCK = "keeper.lock"
"""Of the whole SEARCH_INDEX_DIR; who holds it writes into it for which database."""

# A dump that is read in elsewhere is another database; a data directory that is put back is the same one.
OWNER = """
SELECT system_identifier || '/' || (SELECT oid FROM pg_database WHERE datname = current_database())
FROM pg_control_system()
"""


class FolderTaken(Exception):
    """Another installation keeps its index in this one's folder, which would stay without one and not say so."""


@dataclass(frozen=True, kw_only=True)
class IndexManifest:
    """`store` is whose rows they are; `segments` how many passages each file holds, the newest last; the quantizer was
    `trained_on` so many."""

    store: tuple[int, ...]
    mark: Mark
    segments: dict[str, int] = field(default_factory=dict)
    trained_on: int = 0
    version: int = VERSION

    @property
    def passages(self) -> int:
        return sum(self.segments.values())


def read_identity(model: EmbeddingModel) -> tuple[int, ...]:
    """Of the table of passages and the model, as long as their rows are the same ones."""
    return (*fetch(IDENTITY, {})[0], model.pk, int(model.created_at.timestamp()), model.dimensions)


def read_owner() -> str:
    """The database that this process asks, as `KEEPER_LOCK` names it."""
    return str(fetch(OWNER, {})[0][0])


def expect_own_folder(owner: str) -> None:
    """Raises FolderTaken where a process at work keeps SEARCH_INDEX_DIR for another database."""
    if (other := _kept_for()) not in ("", owner):
        raise FolderTaken(
            f"{settings.SEARCH_INDEX_DIR} is kept for another database ({other}); "
            "give each installation a SEARCH_INDEX_DIR of its own"
        )


def _kept_for() -> str:
    """Which database; "" where nobody is at work."""
    try:
        with (Path(settings.SEARCH_INDEX_DIR) / KEEPER_LOCK).open() as file:
            said = file.read()
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return said
    except OSError:
        pass
    return ""


def folder_of(model_id: int) -> Path:
    """Asked by each query, so put together once."""
    return _folder_in(settings.SEARCH_INDEX_DIR, model_id)


@lru_cache(maxsize=100)
def _folder_in(folder: str | Path, model_id: int) -> Path:
    return Path(folder) / str(model_id)


def read_manifest(folder: Path) -> IndexManifest | None:
    """None where there is none that can be read."""
    try:
        return _read((folder / MANIFEST).read_text())
    except (OSError, ValueError, KeyError, TypeError):
        return None


@contextlib.contextmanager
def being_replaced(folder: Path) -> Iterator[Path]:
    """Nobody else on this machine replaces the manifest meanwhile. A process that is killed lets go."""
    with _locked(folder):
        for path in folder.glob(".*"):  # of a process that was killed while it wrote, or found the disk full
            path.unlink(missing_ok=True)
        yield folder


@contextlib.contextmanager
def being_made(folder: Path) -> Iterator[Path]:
    """Nobody else on this machine makes a large segment of the index meanwhile; new ones are added all the same.

    The folder that is given is for what is not part of the index yet, and empty.
    """
    with _locked(folder / MAKING) as making:
        for path in [*making.glob("*.segment"), *making.glob(".*")]:
            path.unlink(missing_ok=True)
        yield making


def publish(folder: Path, manifest: IndexManifest, *, made_at: Path | None = None) -> IndexManifest:
    """From now on this is the index. What it no longer names goes, and stays readable for who has it open."""
    if made_at is not None:
        made_at.replace(folder / made_at.name)
    _write_manifest(folder, manifest)
    for path in folder.glob("*.segment"):
        if path.name not in manifest.segments:
            path.unlink(missing_ok=True)
    return manifest


def empty(folder: Path) -> None:
    """No index."""
    (folder / MANIFEST).unlink(missing_ok=True)
    for path in folder.glob("*.segment"):
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def _write_manifest(folder: Path, manifest: IndexManifest) -> None:
    being_written = folder / f".{MANIFEST}.{os.getpid()}"
    with being_written.open("w") as file:
        json.dump(asdict(manifest), file)
        file.flush()
        os.fsync(file.fileno())
    being_written.replace(folder / MANIFEST)


def _read(text: str) -> IndexManifest:
    kept: dict[str, Any] = json.loads(text)
    mark = Mark(xmax=int(kept["mark"]["xmax"]), in_progress=tuple(map(int, kept["mark"]["in_progress"])))
    manifest = IndexManifest(**(kept | {"mark": mark}))
    if manifest.version != VERSION:
        raise ValueError(f"version {manifest.version}")
    segments = {str(name): int(passages) for name, passages in kept["segments"].items()}
    return replace(manifest, store=tuple(kept["store"]), segments=segments)
