"""How far the files are that were uploaded together. It is read off the files; nothing is counted twice.

See docs/decisions/0072.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from ingestion.collections.files import NamedFile, names_of
from ingestion.models import File, FileState, Job

ENDED = (FileState.DONE, FileState.FAILED, FileState.DELETED)
PERCENT: Mapping[str, tuple[float, float]] = {
    FileState.QUEUED: (0.0, 10.0),
    FileState.EXTRACTING: (10.0, 35.0),
    FileState.CHUNKING: (35.0, 50.0),
    FileState.EMBEDDING: (50.0, 90.0),
    FileState.INDEXING: (90.0, 100.0),
}
"""Where a stage begins and ends on the whole way."""


def succeeded(file: File) -> bool:
    """Whether it was stored; one that was deleted or expired afterwards was."""
    return file.state == FileState.DONE or (
        file.state == FileState.DELETED and file.completed_at is not None and not file.error_code
    )


def percent_of(file: File) -> float:
    """How far a file is, 0 to 100: a share a stage, and within a stage as far as its worker told."""
    begins, ends = PERCENT.get(file.state, (100.0, 100.0))
    return begins + (ends - begins) * min(file.stage_percent, 100) / 100


@dataclass(frozen=True, kw_only=True)
class JobProgress:
    """A job's files, in its order; `status` is pending, processing, completed or failed."""

    job: Job
    files: Sequence[NamedFile]

    @property
    def ended(self) -> Sequence[NamedFile]:
        return [named for named in self.files if named.file.state in ENDED]

    @property
    def status(self) -> str:
        if len(self.ended) == len(self.files):
            return "completed" if any(succeeded(named.file) for named in self.files) else "failed"
        return "processing" if any(named.file.started_at for named in self.files) else "pending"

    @property
    def started_at(self) -> datetime | None:
        return min(self._times("started_at"), default=None)

    @property
    def completed_at(self) -> datetime | None:
        if len(self.ended) < len(self.files):
            return None
        return max((named.file.completed_at or named.file.updated_at for named in self.files), default=None)

    @property
    def error(self) -> str | None:
        """Of a job of which nothing was stored: the first reason."""
        if self.status != "failed":
            return None
        return next((named.error for named in self.files if named.error), "Nothing was stored")

    def _times(self, name: str) -> Iterator[datetime]:
        return (time for named in self.files if (time := getattr(named.file, name)) is not None)


def progress_of(job: Job) -> JobProgress:
    """Of each file by the name that it was uploaded by."""
    found = File.objects.without_text().in_bulk(job.file_ids)
    told = [(found[pk], name) for pk, name in zip_longest(job.file_ids, job.file_names) if pk in found]
    return JobProgress(job=job, files=[NamedFile(file=file, name=name or names_of(file)[0]) for file, name in told])
