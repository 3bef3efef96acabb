"""How far the files are that were handed in together. It is read off the filings; nothing is counted twice.

See docs/decisions/0072.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from ingestion.collections.files import File, names_of
from ingestion.models import Filing, Job, State

ENDED = (State.DONE, State.FAILED, State.DELETED)
PERCENT: Mapping[str, tuple[float, float]] = {
    State.QUEUED: (0.0, 10.0),
    State.EXTRACTING: (10.0, 35.0),
    State.CHUNKING: (35.0, 50.0),
    State.EMBEDDING: (50.0, 90.0),
    State.INDEXING: (90.0, 100.0),
}
"""Where a stage begins and ends on the whole way."""


def succeeded(filing: Filing) -> bool:
    """Whether it was filed; one that was deleted or expired afterwards was."""
    return filing.state == State.DONE or (
        filing.state == State.DELETED and filing.completed_at is not None and not filing.error_code
    )


def percent_of(filing: Filing) -> float:
    """How far a filing is, 0 to 100: a share a stage, and within a stage as far as its worker told."""
    begins, ends = PERCENT.get(filing.state, (100.0, 100.0))
    return begins + (ends - begins) * min(filing.stage_percent, 100) / 100


@dataclass(frozen=True, kw_only=True)
class Progress:
    """A job's files, in its order; `status` is pending, processing, completed or failed."""

    job: Job
    files: Sequence[File]

    @property
    def ended(self) -> Sequence[File]:
        return [file for file in self.files if file.filing.state in ENDED]

    @property
    def status(self) -> str:
        if len(self.ended) == len(self.files):
            return "completed" if any(succeeded(file.filing) for file in self.files) else "failed"
        return "processing" if any(file.filing.started_at for file in self.files) else "pending"

    @property
    def started_at(self) -> datetime | None:
        return min(self._times("started_at"), default=None)

    @property
    def completed_at(self) -> datetime | None:
        if len(self.ended) < len(self.files):
            return None
        return max((file.filing.completed_at or file.filing.updated_at for file in self.files), default=None)

    @property
    def error(self) -> str | None:
        """Of a job of which nothing was filed: the first reason."""
        if self.status != "failed":
            return None
        return next((file.filing.error for file in self.files if file.filing.error), "Nothing was filed")

    def _times(self, name: str) -> Iterator[datetime]:
        return (time for file in self.files if (time := getattr(file.filing, name)) is not None)


def progress_of(job: Job) -> Progress:
    """Of each file by the name that it was uploaded by."""
    found = Filing.objects.without_text().in_bulk(job.file_ids)
    told = [(found[pk], name) for pk, name in zip_longest(job.file_ids, job.file_names) if pk in found]
    return Progress(job=job, files=[File(filing=filing, name=name or names_of(filing)[0]) for filing, name in told])
