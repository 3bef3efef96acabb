"""Running `git`: nothing is asked at a terminal, and credentials stand in neither arguments, addresses nor logs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from larder_sources.changes import SourceUnavailable

ANSWER = r"printf 'username=%s\npassword=%s\n' " + '"$LARDER_GIT_USERNAME" "$LARDER_GIT_PASSWORD"'
HELPER = f'!f() {{ test "$1" = get && {ANSWER}; }}; f'
"""Answers git's question for credentials; git has a shell run it (gitcredentials, "Custom helpers")."""
LONGEST_TOLD = 300


class GitFailed(SourceUnavailable):
    """What git said, in its own words."""


class Git:
    """Git in one bare repository."""

    def __init__(self, place: Path, *, username: str, password: str, timeout_s: float) -> None:
        self._place, self._password, self._timeout_s = place, password, timeout_s
        self._environment = {**_without_git(os.environ), **_settings(username, password)}

    def run(self, *arguments: str) -> str:
        """Its standard output. Raises GitFailed."""
        try:
            done = subprocess.run(
                ["git", *arguments],
                cwd=self._place,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=self._timeout_s,
                check=False,
            )
        except FileNotFoundError as error:
            raise SourceUnavailable("The program git is not there; install it") from error
        except subprocess.TimeoutExpired as error:
            raise GitFailed(f"git {arguments[0]} took longer than {self._timeout_s:.0f} s") from error
        if done.returncode:
            raise GitFailed(self._told(done.stderr, arguments[0]))
        return done.stdout.decode(errors="replace")

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            ["git", *arguments],
            cwd=self._place,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    @contextmanager
    def reading(self, *arguments: str) -> Iterator[IO[bytes]]:
        """Its standard output as it comes. Raises SourceUnavailable where it ends badly."""
        process = self.start(*arguments)
        assert process.stdout is not None  # noqa: S101 - a pipe
        try:
            yield process.stdout
        finally:
            process.communicate()
        if process.returncode:
            raise SourceUnavailable(f"git {arguments[0]} failed in {self._place}")

    def _told(self, said: bytes, verb: str) -> str:
        lines = [line.strip() for line in said.decode(errors="replace").splitlines() if line.strip()]
        text = " ".join(lines)[:LONGEST_TOLD] or f"git {verb} failed"
        return text.replace(self._password, "***") if self._password else text


def _settings(username: str, password: str) -> dict[str, str]:
    """Of git by variables, which other users of the machine cannot read as they can arguments."""
    configured = {"gc.autoDetach": "false", "credential.helper": ""}
    pairs = [*configured.items(), *([("credential.helper", HELPER)] if password else [])]
    numbered = {
        f"GIT_CONFIG_{what}_{at}": text
        for at, pair in enumerate(pairs)
        for what, text in zip(("KEY", "VALUE"), pair, strict=True)
    }
    return {
        "GIT_CONFIG_COUNT": str(len(pairs)),
        **numbered,
        "LARDER_GIT_USERNAME": username,
        "LARDER_GIT_PASSWORD": password,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh",
        "GIT_HTTP_LOW_SPEED_LIMIT": "1",
        "GIT_HTTP_LOW_SPEED_TIME": "60",
        "GIT_SSH_COMMAND": os.environ.get("GIT_SSH_COMMAND", "ssh -o BatchMode=yes"),
        "LC_ALL": "C",
    }


def _without_git(environment: os._Environ[str]) -> dict[str, str]:
    """Without what a hook or a rebase around this program would have git do elsewhere."""
    ours = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_NAMESPACE")
    return {name: value for name, value in environment.items() if name not in ours}
