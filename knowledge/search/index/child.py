"""What takes too long for a process that answers questions: `manage.py search_index` as a process of its own."""

import subprocess
import sys
import time
from collections.abc import Collection

from django.conf import settings

from knowledge.models import EmbeddingModel

LEAST_PAUSE_S, MOST_PAUSE_S = 5.0, 300.0
"""After one that failed; each pause is twice the last."""


class MakingFailed(Exception):
    """The process that makes an index ended without having made it."""


class IndexProcess:
    """One at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._work = ("", "")
        self._pause_s, self._failed_at = 0.0, 0.0
        self.segments: Collection[str] = ()
        """Which it works on."""

    def begin(self, action: str, model: EmbeddingModel, *options: str, segments: Collection[str] = ()) -> None:
        """Nothing, where one is at work, or failed a moment ago."""
        if self._process is None and time.monotonic() >= self._failed_at + self._pause_s:
            arguments = [action, model.name, *options, "--settings=config.settings"]
            command = [sys.executable, "-m", "django", "search_index", *arguments]
            self._process = subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=subprocess.DEVNULL)
            self._work, self.segments = (action, model.name), segments

    def is_at(self, action: str, model: EmbeddingModel) -> bool:
        return self._process is not None and self._work == (action, model.name)

    def look(self) -> None:
        """Whether it is over. Raises MakingFailed, once, where it failed; another may be begun after a pause."""
        ended = None if self._process is None else self._process.poll()
        if ended is None:
            return
        self._process = None
        self._pause_s = min(MOST_PAUSE_S, 2 * self._pause_s or LEAST_PAUSE_S) if ended else 0.0
        if ended:
            self._failed_at = time.monotonic()
            action, model = self._work
            raise MakingFailed(f"{action} of {model} ended with {ended}")
