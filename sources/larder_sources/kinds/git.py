"""A Git repository of Markdown and plain text, fetched by `git` into a folder beside the ledger."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from larder_sources.changes import Change, Item, ItemUnreadable, Reading, SourceUnavailable, Unreadable, Values
from larder_sources.durations import read_duration
from larder_sources.formats.markdown import FILES, NAMES, read_page
from larder_sources.globs import Globs
from larder_sources.kinds import Kind
from larder_sources.names import unknown_name
from larder_sources.options import Duration, Options
from larder_sources.transport.git_program import Git, GitFailed

HEAD = "refs/larder/head"
READ_BYTES = 64 * 1024


class GitOptions(Options):
    """A Git repository of Markdown and plain text."""

    NAMES: ClassVar[frozenset[str]] = NAMES | {"branch", "commit"}

    kind: Literal["git"]
    url: str = Field(min_length=1, description="As `git clone` takes it: https, ssh, git, or a path")
    branch: str | None = Field(default=None, description="The repository's own default branch where it is not given")
    folder: str = Field(default="", description="Only what lies below it")
    include: tuple[str, ...] = Field(default=FILES, description="Globs of paths in the repository")
    exclude: tuple[str, ...] = Field(default=(), description="Globs of paths that are left out")
    username: str = Field(default="git", description="For https")
    password: SecretStr | None = Field(default=None, description="For https; a token")
    timeout: Duration = Field(default=read_duration("10m"), description="Of one fetch")
    max_bytes: int = Field(default=5_000_000, gt=0, description="A larger file is passed over")

    @field_validator("url")
    @classmethod
    def _url_is_one(cls, url: str) -> str:
        if url.startswith("-") or "::" in url:
            raise ValueError("it is no address of a repository")
        place = urlsplit(url)
        if place.password or (place.username and place.scheme in ("http", "https")):
            raise ValueError("it holds a name or a password; put them into `username` and `password`, as ${NAME}")
        return url

    @field_validator("folder")
    @classmethod
    def _folder_is_relative(cls, folder: str) -> str:
        if ".." in folder.split("/"):
            raise ValueError("it leads out of the repository")
        return folder.strip("/")

    @model_validator(mode="after")
    def _branch_is_one(self) -> GitOptions:
        if self.branch is not None and (
            self.branch.startswith("-") or any(sign in self.branch for sign in " :~^?*[\\")
        ):
            raise ValueError(f"branch: {self.branch!r} is no name of a branch")
        return self


class GitSource:
    """The files of the newest commit, told apart by the ids of their contents, whatever history led there."""

    lists_everything: ClassVar[bool] = True

    def __init__(self, options: GitOptions, place: Path) -> None:
        self._options = options
        self._place = place / "git"
        secret = options.password.get_secret_value() if options.password else ""
        timeout_s = options.timeout.total_seconds()
        self._git = Git(self._place, username=options.username, password=secret, timeout_s=timeout_s)
        self._globs = Globs(options.include, options.exclude)
        self._contents: Contents | None = None

    def check(self) -> str:
        commit = self._fetch()
        found = sum(isinstance(each, Item) for each in self._files(commit))
        return f"{found} files in commit {commit[:12]} of {self._options.branch or 'the default branch'}"

    def changes(self, reading: Reading) -> Iterator[Change]:
        commit = self._fetch()
        if commit == reading.state.get("commit"):
            return
        yield from self._files(commit)
        reading.complete = True
        reading.state["commit"] = commit

    def close(self) -> None:
        if self._contents:
            self._contents.close()
            self._contents = None

    def _fetch(self) -> str:
        """The newest commit, with its files."""
        try:
            self._fetch_into_place()
        except GitFailed as error:
            self._check_branch(error)
            shutil.rmtree(self._place, ignore_errors=True)  # the repository answers, so it may be the copy
            self._fetch_into_place()
        return self._git.run("rev-parse", "--verify", f"{HEAD}^{{commit}}").strip()

    def _fetch_into_place(self) -> None:
        self._place.mkdir(parents=True, exist_ok=True)
        self._git.run("init", "--quiet", "--bare", "--template=", ".")
        theirs = f"refs/heads/{self._options.branch}" if self._options.branch else "HEAD"
        self._git.run(
            "fetch", "--quiet", "--depth=1", "--no-tags", "--force", "--", self._options.url, f"{theirs}:{HEAD}"
        )

    def _check_branch(self, error: GitFailed) -> None:
        """Raises SourceUnavailable where the repository does not answer or has no such branch."""
        found = self._git.run("ls-remote", "--heads", "--", self._options.url).splitlines()
        branches = [line.partition("refs/heads/")[2] for line in found]
        if self._options.branch and self._options.branch not in branches:
            sentence = unknown_name(self._options.branch, branches, what="branch")
            raise SourceUnavailable(f"{self._options.url}: {sentence}") from error

    def _files(self, commit: str) -> Iterator[Change]:
        below = [f"{self._options.folder}/"] if self._options.folder else []
        with self._git.reading("ls-tree", "-r", "-z", "--long", "--full-tree", commit, "--", *below) as output:
            for line in _ended_by_nul(output):
                yield from self._file(line, commit)

    def _file(self, line: bytes, commit: str) -> Iterator[Change]:
        about, _, raw = line.partition(b"\t")
        mode, kind, blob, size = about.decode().split()
        path = raw.decode(errors="backslashreplace")
        if kind != "blob" or mode == "120000" or not self._globs.fit(path):  # a link is no file
            return
        if path.encode() != raw:
            yield Unreadable(path, "its name is no UTF-8")
        elif int(size) > self._options.max_bytes:
            yield Unreadable(path, f"it has {int(size):,} bytes, more than max_bytes")
        else:
            yield Item(key=path, fingerprint=blob, read=partial(self._read, path, blob, commit))

    def _read(self, path: str, blob: str, commit: str) -> Values:
        self._contents = self._contents or Contents(self._git)
        data = self._contents.read(blob)
        return {**read_page(path, data), "branch": self._options.branch or "HEAD", "commit": commit}


class Contents:
    """A `git cat-file` that is asked for one content after the other."""

    def __init__(self, git: Git) -> None:
        self._process = git.start("cat-file", "--batch")

    def read(self, blob: str) -> bytes:
        """Raises ItemUnreadable."""
        asking, answers = self._process.stdin, self._process.stdout
        assert asking is not None  # noqa: S101 - both are pipes
        assert answers is not None  # noqa: S101
        try:
            asking.write(f"{blob}\n".encode())
            asking.flush()
            told = answers.readline().split()
        except OSError as error:
            raise ItemUnreadable(f"git cannot be asked for it: {error}") from error
        if len(told) != 3:
            raise ItemUnreadable(f"git does not have its content {blob}")
        return answers.read(int(told[2]) + 1)[:-1]

    def close(self) -> None:
        self._process.communicate()


def _ended_by_nul(output: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while data := output.read(READ_BYTES):
        *lines, rest = (rest + data).split(b"\0")
        yield from lines


KIND = Kind(options=GitOptions, make=GitSource)
