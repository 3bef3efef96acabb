"""A folder of Markdown and plain text."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field, field_validator

from larder_sources.changes import Change, Item, ItemUnreadable, Reading, SourceUnavailable, Unreadable, Values
from larder_sources.formats.markdown import FILES, NAMES, read_page
from larder_sources.globs import Globs
from larder_sources.kinds import Kind
from larder_sources.options import Options

SETTLED_NS = 2_000_000_000
"""A file that was written less than this ago may be written once more without another time of change."""


class FolderOptions(Options):
    """A folder of Markdown and plain text."""

    NAMES: ClassVar[frozenset[str]] = NAMES

    kind: Literal["folder"]
    path: Path = Field(description="The folder")
    include: tuple[str, ...] = Field(default=FILES, description="Globs of paths below it")
    exclude: tuple[str, ...] = Field(default=(), description="Globs of paths that are left out")
    max_bytes: int = Field(default=5_000_000, gt=0, description="A larger file is passed over")

    @field_validator("path")
    @classmethod
    def _path_is_whole(cls, path: Path) -> Path:
        try:
            return path.expanduser().absolute()
        except RuntimeError as error:
            raise ValueError(f"{path.parts[0]} is nobody's home") from error


class FolderSource:
    """Files are told apart by size and time of change. Links are followed to files within the folder alone."""

    lists_everything: ClassVar[bool] = True

    def __init__(self, options: FolderOptions, _: Path) -> None:
        self._options = options
        self._root = options.path
        self._globs = Globs(options.include, options.exclude)

    def check(self) -> str:
        reading = Reading()
        found = sum(isinstance(each, Item) for each in self.changes(reading))
        return f"{found} files in {self._root}"

    def changes(self, reading: Reading) -> Iterator[Change]:
        if not self._root.is_dir():
            raise SourceUnavailable(f"There is no folder {self._root}")
        reading.complete = True
        for path, entry in self._walk(reading):
            if isinstance(entry, OSError):
                yield Unreadable(path, entry.strerror or str(entry))
            elif not self._globs.fit(path):
                continue
            elif (told := path.encode(errors="backslashreplace").decode()) != path:
                yield Unreadable(told, "its name is no UTF-8")
            else:
                yield from self._item(path, entry)

    def _walk(self, reading: Reading) -> Iterator[tuple[str, os.DirEntry[str] | OSError]]:
        folders = [""]
        while folders:
            folder = folders.pop()
            try:
                with os.scandir(self._root / folder) as found:
                    entries = sorted(found, key=lambda entry: entry.name)
            except OSError as error:
                reading.complete = False  # nobody knows what lies below
                yield folder.encode(errors="backslashreplace").decode() or ".", error
                continue
            below = {entry.name: f"{folder}/{entry.name}".removeprefix("/") for entry in entries}
            folders += [below[each.name] for each in reversed(entries) if each.is_dir(follow_symlinks=False)]
            yield from ((below[each.name], each) for each in entries if not each.is_dir(follow_symlinks=False))

    def _item(self, path: str, entry: os.DirEntry[str]) -> Iterator[Change]:
        try:
            if entry.is_symlink() and not Path(os.path.realpath(entry.path)).is_relative_to(self._root.resolve()):
                return
            if not entry.is_file():
                return
            stat = entry.stat()
        except OSError as error:
            yield Unreadable(path, error.strerror or str(error))
            return
        if stat.st_size > self._options.max_bytes:
            yield Unreadable(path, f"it has {stat.st_size:,} bytes, more than max_bytes")
            return
        settled = time.time_ns() - stat.st_mtime_ns > SETTLED_NS
        fingerprint = f"{stat.st_size}:{stat.st_mtime_ns}:{stat.st_ino}" if settled else ""
        yield Item(key=path, fingerprint=fingerprint, read=partial(self._read, path))

    def _read(self, path: str) -> Values:
        try:
            return read_page(path, (self._root / path).read_bytes())
        except OSError as error:
            raise ItemUnreadable(error.strerror or str(error)) from error

    def close(self) -> None:
        """Nothing is held open."""


KIND = Kind(options=FolderOptions, make=FolderSource)
