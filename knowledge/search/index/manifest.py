"""Which segments are an index of a model's passages, and up to which mark: one small file, replaced whole.

    <SEARCH_INDEX_DIR>/<model's row>/manifest.json, *.segment

Whoever reads it has segments and a mark that belong together, however old they are.
"""

import json
import os
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from core.sql import fetch
from knowledge.models import EmbeddingModel
from knowledge.search.index.mark import Mark

MANIFEST = "manifest.json"
VERSION = 1

# A dump that is read in makes another table, a restored data directory another timeline, a new server another system.
IDENTITY = """
SELECT (SELECT system_identifier FROM pg_control_system()), (SELECT timeline_id FROM pg_control_checkpoint()),
       (SELECT oid::bigint FROM pg_database WHERE datname = current_database()),
       'knowledge_passage'::regclass::oid::bigint, pg_relation_filenode('knowledge_passage')::bigint
"""


@dataclass(frozen=True, kw_only=True)
class IndexManifest:
    """`store` is whose rows they are; the quantizer was `trained_on` so many passages."""

    store: tuple[int, ...]
    mark: Mark
    segments: tuple[str, ...] = ()
    passages: int = 0
    trained_on: int = 0
    version: int = VERSION


def read_identity(model: EmbeddingModel) -> tuple[int, ...]:
    """Of the table of passages and the model, as long as their rows are the same ones."""
    return (*fetch(IDENTITY, {})[0], model.pk, int(model.created_at.timestamp()), model.dimensions)


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


def write_manifest(folder: Path, manifest: IndexManifest) -> None:
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
    return replace(manifest, store=tuple(kept["store"]), segments=tuple(map(str, kept["segments"])))
