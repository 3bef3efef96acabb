"""What happened in one run, moment by moment. Pure: it looks at rows that were read already."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.words import plural, span_words
from providers.models import RunAttempt, RunState, SyncRun

PUNCTUAL = timedelta(seconds=30)


@dataclass(frozen=True, kw_only=True)
class Moment:
    """`at` None: some time after the moment before it."""

    at: datetime | None
    said: str
    look: RunState | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Phase:
    """A stretch of a run: waiting, or an attempt with how it ended. `colour` as states have it."""

    name: str
    colour: str
    took: timedelta


def run_phases(run: SyncRun, attempts: Iterable[RunAttempt], *, now: datetime) -> list[Phase]:
    """Queue, attempt, wait, attempt … until the end, or until `now`. `attempts`: those before the last one."""
    phases: list[Phase] = []
    since = run.queued_at
    for each in attempts:
        phases += _wait(since, each.started_at, first=not phases)
        phases.append(_attempt(each.number, each.look, since=each.started_at, until=each.ended_at))
        since = each.ended_at
    until = run.finished_at or now
    began = run.attempt_at if run.attempt_at and run.attempt_at >= since else None
    phases += _wait(since, began or until, first=not phases)
    return [*phases, _attempt(run.attempt, run.look, since=began, until=until)] if began else phases


def _attempt(number: int, look: RunState, *, since: datetime, until: datetime) -> Phase:
    return Phase(name=f"attempt {number}", colour=look.colour, took=max(until - since, timedelta()))


def _wait(since: datetime, until: datetime, *, first: bool) -> list[Phase]:
    if until <= since:
        return []
    return [Phase(name="in the queue" if first else "waiting", colour="idle", took=until - since)]


def run_moments(run: SyncRun, attempts: Iterable[RunAttempt], *, late: int = 0) -> list[Moment]:
    """From the slot to the last document that came after the end, in order. `attempts`: those before the last one."""
    moments = [_beginning(run)]
    for each in attempts:
        moments += _followed(each)
    if run.state == RunState.RUNNING or (run.finished_at and run.attempt_at and _was_tried_last(run, moments)):
        moments.append(Moment(at=run.attempt_at, said=f"attempt {run.attempt} began"))
    if run.finished_at:
        moments.append(_end(run))
    if run.held:
        note = "nothing is deleted until somebody approves it"
        moments.append(Moment(at=run.finished_at, said=f"{plural(run.held, 'deletion')} held for approval", note=note))
    if late:
        said = f"{plural(late, 'document')} came after the end"
        moments.append(Moment(at=None, said=said, note="they are stored; how the run ended does not change"))
    return moments


def _beginning(run: SyncRun) -> Moment:
    said = "asked for" if run.late_by is None else "planned and due"
    note = f"{span_words(run.late_by)} late" if run.late_by and run.late_by > PUNCTUAL else ""
    if run.due_since:
        note = f"{note}; it also covers all starts since {run.due_since:%-d %b %H:%M} UTC"
    return Moment(at=run.queued_at, said=said, note=note)


def _followed(attempt: RunAttempt) -> list[Moment]:
    wait = attempt.retry_at - attempt.ended_at
    again = f"tried again after {span_words(wait)}" if wait > timedelta(seconds=1) else "tried again at once"
    return [
        Moment(at=attempt.started_at, said=f"attempt {attempt.number} began"),
        Moment(
            at=attempt.ended_at,
            said=f"attempt {attempt.number}",
            look=attempt.look,
            note=f"{attempt.error} — {again}",
        ),
    ]


def _was_tried_last(run: SyncRun, moments: list[Moment]) -> bool:
    """A run that was cancelled while it waited never began its last attempt."""
    told = moments[-1].at
    return told is not None and run.attempt_at is not None and run.attempt_at >= told


def _end(run: SyncRun) -> Moment:
    reported = "" if run.reported is None else f"the provider says {plural(run.reported, 'document')}"
    return Moment(at=run.finished_at, said="ended", look=run.look, note=run.error or reported)
