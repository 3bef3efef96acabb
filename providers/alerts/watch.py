"""From what holds now and what was told last to the alerts between them.

The database is looked at, no event is listened to: a cause that nobody thought of (a dead scheduler, a pause, nothing
at all) changes the state like any other, and an alert that a crash has swallowed is made at the next look. Per channel
and provider one row remembers what was told; it changes in the transaction that makes the alert.

See docs/decisions/0041.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from knowledge.models import HeldDeletion
from providers.alerts.models import Alert, AlertChannel, AlertState
from providers.models import Provider

FAILING, STALE, HELD, PAUSED = "failing", "stale", "held", "paused"
CONDITIONS = (FAILING, STALE, HELD, PAUSED)
ENDED = {FAILING: "recovered", STALE: "fresh", HELD: "released", PAUSED: "resumed"}
OF_TIME = (STALE, ENDED[STALE])
"""What no run has brought about; the newest run's trace is no place to look for its cause."""

# The newest verdicts of each provider, newest first. Expects: one walk of run_newest_per_provider for each.
VERDICTS = """
SELECT p.id, r.state, r.error, r.trace_context FROM providers_provider p, LATERAL (
    SELECT state, error, trace_context, queued_at FROM providers_syncrun
    WHERE provider_id = p.id AND state IN ('succeeded', 'failed', 'timed_out', 'interrupted')
    ORDER BY queued_at DESC, id DESC LIMIT %s
) r ORDER BY p.id, r.queued_at DESC
"""


@dataclass(frozen=True, kw_only=True)
class Situation:
    """A provider now. `failures` in a row, counted no further than anybody asks; `reasons` a sentence a condition;
    `trace` the trace context of the run that has the newest verdict."""

    failures: int
    reasons: Mapping[str, str]
    trace: str = ""

    def holding(self, channel: AlertChannel) -> list[str]:
        """The conditions that hold, as this channel counts failures."""
        return [
            condition
            for condition in CONDITIONS
            if condition in self.reasons and (condition != FAILING or self.failures >= channel.after_failures)
        ]


@transaction.atomic
def watch(*, now: datetime) -> int:
    """Queue an alert for each change since the last look; how many. Whoever looks at the same time waits its turn."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('larder alerts', 0))")
    channels = list(AlertChannel.objects.filter(enabled=True))
    if not channels:
        return 0
    situations = read_situations(now=now, most_failures=max(channel.after_failures for channel in channels))
    alerts = [alert for channel in channels for alert in _compare(channel, situations, now=now)]
    Alert.objects.bulk_create(alerts)
    return len(alerts)


def read_situations(*, now: datetime, most_failures: int) -> dict[str, Situation]:
    """Every provider as it stands."""
    verdicts, traces = _verdicts(most_failures)
    stale = set(Provider.objects.stale(now).values_list("pk", flat=True))
    held = set(HeldDeletion.objects.filter(state=HeldDeletion.State.PENDING).values_list("source", flat=True))
    situations = {}
    for provider_id, enabled, paused in Provider.objects.values_list("pk", "enabled", "paused_reason"):
        failed = verdicts.get(provider_id, [])
        reasons = {FAILING: failed[0]} if failed else {}
        if provider_id in stale:
            reasons[STALE] = "It has had no success for longer than its maximum age."
        if provider_id in held:
            reasons[HELD] = "A sync would delete an unusual share of its documents and waits for a decision."
        if paused or not enabled:
            reasons[PAUSED] = paused or "It is paused and not synced."
        trace = traces.get(provider_id, "")
        situations[provider_id] = Situation(failures=len(failed), reasons=reasons, trace=trace)
    return situations


def _verdicts(most: int) -> tuple[dict[str, list[str]], dict[str, str]]:
    """The errors of the newest failures in a row, where the newest verdict is one; and the trace of each newest run."""
    failed: dict[str, list[str]] = {}
    traces: dict[str, str] = {}
    well: set[str] = set()
    with connection.cursor() as cursor:
        cursor.execute(VERDICTS, [most])
        for provider_id, state, error, trace in cursor.fetchall():
            traces.setdefault(provider_id, trace)
            if state == "succeeded":
                well.add(provider_id)
            elif provider_id not in well:
                failed.setdefault(provider_id, []).append(error)
    return failed, traces


def _compare(channel: AlertChannel, situations: Mapping[str, Situation], *, now: datetime) -> list[Alert]:
    told = {state.provider: state for state in AlertState.objects.filter(channel=channel)}
    AlertState.objects.filter(channel=channel).exclude(provider__in=list(situations)).delete()
    alerts: list[Alert] = []
    news: list[AlertState] = []
    for provider_id, situation in situations.items():
        if not channel.watches(provider_id):
            continue
        state, holding = told.get(provider_id), situation.holding(channel)
        # What was paused before the channel knew it is no news.
        before = state.holding if state else [PAUSED] if PAUSED in holding else []
        if state is None or before != holding:
            news.append(AlertState(channel=channel, provider=provider_id, holding=holding))
            events = _events(before, holding, situation)
            alerts += [_alert(channel, provider_id, *each, trace=situation.trace, now=now) for each in events]
    AlertState.objects.bulk_create(
        news, update_conflicts=True, unique_fields=["channel", "provider"], update_fields=["holding"]
    )
    return alerts


def _events(before: Sequence[str], after: Sequence[str], situation: Situation) -> list[tuple[str, str]]:
    """Event and sentence for each condition that began or ended; failing ends with a success only."""
    begun = [(each, situation.reasons[each]) for each in after if each not in before]
    ended = [(ENDED[each], f"It is no longer {each}.") for each in before if each not in after]
    return begun + ended


def _alert(channel: AlertChannel, provider_id: str, event: str, detail: str, *, trace: str, now: datetime) -> Alert:
    told = {"event": event, "detail": detail, "trace_context": "" if event in OF_TIME else trace}
    return Alert(channel=channel, provider=provider_id, at=now, not_before=now, **told)
