"""Who keeps the index of a machine: one process of those that search, whichever holds the lock of its folder.

Each starts a thread, and the threads try for the lock; the kernel gives it back when its holder ends, in whatever way.
Small steps are done where the thread runs. What takes longer is done by a process of its own, `manage.py search_index`,
so that neither Python's lock nor the memory of a process that answers questions is taken for it; while that one merges,
small steps go on.
"""

import fcntl
import logging
import threading
import time
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections
from psycopg import Error as PsycopgError

from knowledge.embedding.vector_space import models_in_use
from knowledge.models import EmbeddingModel
from knowledge.search.index.catching_up import (
    MERGED,
    TooMuch,
    catch_up,
    due_to_merge,
    forget_index,
    is_of_these_rows,
    is_worth_an_index,
    must_remake,
)
from knowledge.search.index.child import IndexProcess, MakingFailed
from knowledge.search.index.manifest import (
    KEEPER_LOCK,
    MANIFEST,
    FolderTaken,
    IndexManifest,
    expect_own_folder,
    folder_of,
    read_manifest,
    read_owner,
)
from knowledge.search.index.mark import MOST_UNSEEN
from knowledge.search.index.reading import check_open, warm_up
from knowledge.search.index.recall import measure_noted
from knowledge.search.index.rows import StoreState, look_at_store

log = logging.getLogger("larder.index")

POLL_S = 0.5
WAITS_S = 5.0
"""Rows that no segment holds yet are taken in after so long, however few; `SOON` of them at once."""

SOON = 200
BY_ITSELF = 20_000
"""Passages that take a second or two to write: more of them are another process's work."""

QUIET_S = 30.0
"""After so long without anything new, segments are merged to fewer."""

BUSY_RATIO = 1
"""As `MERGED`, while more comes in: the fewer are written again, the more is left for who pushes and asks."""

MOST_PAUSE_S = 300.0
"""Between attempts that fail, each pause is twice the last."""


class Keeper:
    """Catches up with every model in use, while this process holds the lock."""

    def __init__(self) -> None:
        self._lock: IO[str] | None = None
        self._owner = ""
        self._stopped = threading.Event()
        self._kept_at: dict[int, float] = {}
        self._child = IndexProcess()
        self._trouble, self._pause_s = "", 0.0

    def stop(self) -> None:
        self._stopped.set()

    def run(self) -> None:
        """Until it is stopped."""
        self._warm_up()
        while not self._stopped.wait(POLL_S + self._pause_s):
            try:
                check_open()
                if self._holds_lock():
                    self._round()
                measure_noted()
                self._trouble, self._pause_s = "", 0.0
            except (DatabaseError, InterfaceError, PsycopgError) as error:  # it will be there again
                self._tell(error)
            except (MakingFailed, FolderTaken) as error:
                self._tell(error)
            except OSError as error:  # no room, no right to write
                self._tell(error)
                self._pause_s = min(MOST_PAUSE_S, 2 * self._pause_s or WAITS_S)
            except Exception:  # a thread that ends is replaced by nobody
                log.exception("the search index could not be kept")
                self._pause_s = min(MOST_PAUSE_S, 2 * self._pause_s or WAITS_S)
            finally:
                close_old_connections()

    def _warm_up(self) -> None:
        """Whoever keeps the index, each process has its own to open."""
        try:
            warm_up(models_in_use())
        except Exception:  # the first query comes to the same, and says so
            log.debug("the search index was not opened ahead", exc_info=True)
        finally:
            close_old_connections()

    def _tell(self, error: Exception) -> None:
        """Once, however often it comes again."""
        if (trouble := type(error).__name__) != self._trouble:
            log.warning("the search index is not kept, and queries look at the rows meanwhile: %s", error)
        self._trouble = trouble

    def _holds_lock(self) -> bool:
        if self._lock is None:
            folder = Path(settings.SEARCH_INDEX_DIR)
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._owner = self._owner or read_owner()
            file = (folder / KEEPER_LOCK).open("a+")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                file.close()
                expect_own_folder(self._owner)
                return False
            file.truncate(0)
            file.write(self._owner)
            file.flush()
            self._lock = file
        return True

    def _round(self) -> None:
        self._child.look()
        models = models_in_use()
        for model in models:
            self._keep(model)
        _forget_others({model.pk for model in models})

    def _keep(self, model: EmbeddingModel) -> None:
        if self._child.is_at("catch-up", model):
            return
        manifest = read_manifest(folder_of(model.pk))
        store = look_at_store(model, manifest.mark if manifest else None)
        if manifest and not is_of_these_rows(manifest, store):  # but of those before a restore
            forget_index(model.pk)
            manifest = None
        if self._is_due(model, manifest, store):
            self._kept_at[model.pk] = time.monotonic()
            if _is_much(manifest, store):
                self._child.begin("catch-up", model)
            else:
                self._catch_up(model)
        elif manifest is not None and self._waited_s(model) > QUIET_S:
            self._merge(model, manifest, ratio=MERGED)

    def _catch_up(self, model: EmbeddingModel) -> None:
        busy = self._child.segments if self._child.is_at("merge", model) else ()
        try:
            manifest = catch_up(model, at_most=BY_ITSELF, apart_from=busy)
        except TooMuch:
            self._child.begin("catch-up", model)
        else:
            if manifest is not None:
                self._merge(model, manifest, ratio=BUSY_RATIO)

    def _merge(self, model: EmbeddingModel, manifest: IndexManifest, *, ratio: float) -> None:
        if due := due_to_merge(manifest.segments, ratio=ratio):
            self._child.begin("merge", model, f"--ratio={ratio}", segments=due)

    def _is_due(self, model: EmbeddingModel, manifest: IndexManifest | None, store: StoreState) -> bool:
        if not is_worth_an_index(store):
            return manifest is not None
        if must_remake(manifest, store) or store.unseen >= SOON:
            return True
        return store.unseen > 0 and self._waited_s(model) > WAITS_S

    def _waited_s(self, model: EmbeddingModel) -> float:
        return time.monotonic() - self._kept_at.get(model.pk, 0.0)


def _is_much(manifest: IndexManifest | None, store: StoreState) -> bool:
    """`unseen` is not counted any further than `MOST_UNSEEN`, where there is a mark."""
    if manifest is None:
        return store.unseen > BY_ITSELF
    return store.unseen >= MOST_UNSEEN or must_remake(manifest, store)


def _forget_others(kept: set[int]) -> None:
    """Models that are retired or gone: what they would need is made again when somebody takes them up."""
    for folder in Path(settings.SEARCH_INDEX_DIR).iterdir():
        if folder.name.isdigit() and int(folder.name) not in kept and (folder / MANIFEST).exists():
            forget_index(int(folder.name))
