"""What an operator wants to know of this machine's index."""

from dataclasses import dataclass

from knowledge.models import EmbeddingModel
from knowledge.search.index.catching_up import LEAST
from knowledge.search.index.manifest import (
    FolderTaken,
    expect_own_folder,
    folder_of,
    read_manifest,
    read_owner,
)
from knowledge.search.index.rows import look_at_store


@dataclass(frozen=True, kw_only=True)
class IndexStatus:
    """`passages` that the index holds, those that are gone since included; None: there is none. `unseen`: rows that it
    does not hold yet, counted up to `catching_up.MOST_UNSEEN`; every query looks at them. `stored`: passages with a
    vector. `taken`: why this machine keeps none."""

    stored: int
    unseen: int
    passages: int | None = None
    segments: int = 0
    size_bytes: int = 0
    taken: str = ""

    @property
    def is_worth_it(self) -> bool:
        return self.passages is not None or self.stored >= LEAST


def index_status(model: EmbeddingModel) -> IndexStatus:
    folder = folder_of(model.pk)
    manifest = read_manifest(folder)
    store = look_at_store(model, manifest.mark if manifest else None)
    if manifest is None or manifest.store != store.identity:
        return IndexStatus(stored=store.passages, unseen=store.passages, taken=_why_taken())
    sizes = [(folder / name).stat().st_size for name in manifest.segments if (folder / name).exists()]
    return IndexStatus(
        stored=store.passages,
        unseen=store.unseen,
        passages=manifest.passages,
        segments=len(manifest.segments),
        size_bytes=sum(sizes),
    )


def _why_taken() -> str:
    try:
        expect_own_folder(read_owner())
    except FolderTaken as error:
        return str(error)
    return ""
