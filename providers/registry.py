"""Saving providers, their fields checked (see `fields`); what is saved takes effect at once."""

from copy import copy
from datetime import datetime
from typing import Any, Unpack

from django.db import IntegrityError, transaction

from accounts.audit import LARDER, Actor, changed, record
from knowledge.deleting.held import set_delete_percent
from knowledge.writing.languages import set_source_language
from providers.assign import assign_fields, check_id, facts_of
from providers.cleanup import Documents, end_cleanup, request_cleanup
from providers.errors import ProviderExists
from providers.fields import ProviderFields
from providers.lookup import lock_provider
from providers.models import Provider, RunState, SyncRun
from providers.runs.next_start import planned_start
from providers.runs.outcome import Verdict, end_queued

PLAN = {"enabled", "sync_schedule", "timezone", "jitter_s", "paused"}


def create_provider(
    provider_id: str,
    *,
    now: datetime,
    plan_after: datetime | None = None,
    actor: Actor = LARDER,
    **fields: Unpack[ProviderFields],
) -> Provider:
    """A new provider, planned from `now` on; an earlier `plan_after` makes it due at once, for the slot just passed.

    Raises ProviderExists, ProviderInvalid and ScheduleInvalid.
    """
    check_id(provider_id)
    provider = Provider(id=provider_id, name=provider_id, created_at=now, updated_at=now)
    assign_fields(provider, {"url": "", **fields})
    provider.next_run_at = planned_start(provider, after=plan_after or now)
    try:
        with transaction.atomic():
            provider.save(force_insert=True)
            record(actor, "provider.create", provider_id, now=now, after=facts_of(provider))
            set_delete_percent(provider_id, provider.delete_percent)
            set_source_language(provider_id, provider.language)
            end_cleanup(provider_id, now=now)
    except IntegrityError as error:
        raise ProviderExists(f"There is a provider {provider_id!r} already.") from error
    return provider


@transaction.atomic
def update_provider(
    provider_id: str, *, now: datetime, actor: Actor = LARDER, **fields: Unpack[ProviderFields]
) -> Provider:
    """Change the given fields only. A new plan counts from now on; a disabled provider's queued run is cancelled.

    Raises ProviderNotFound, ProviderInvalid and ScheduleInvalid.
    """
    provider = lock_provider(provider_id)
    facts, secret = facts_of(provider), provider.secret_encrypted
    assign_fields(provider, dict(fields))
    provider.updated_at = now
    if "delete_percent" in fields:
        set_delete_percent(provider_id, provider.delete_percent)
    if "language" in fields:
        set_source_language(provider_id, provider.language)
    if PLAN & fields.keys():
        provider.next_run_at = planned_start(provider, after=now)
        provider.schedule_error = ""
    if not provider.enabled:
        _cancel_queued(provider_id, now=now, reason="The provider was disabled before this run began.")
    provider.save()
    _record_update(actor, provider, facts, new_secret=provider.secret_encrypted != secret, now=now)
    return provider


@transaction.atomic
def delete_provider(
    provider_id: str, *, documents: Documents = Documents.KEEP, now: datetime, actor: Actor = LARDER
) -> None:
    """Its history stays. Its documents stay, each until it expires, or go to the trash. A running sync is stopped.

    Raises ProviderNotFound.
    """
    provider = lock_provider(provider_id)
    _cancel_queued(provider_id, now=now, reason="The provider was deleted before this run began.")
    SyncRun.objects.running().filter(provider=provider_id).update(cancel_requested_at=now)
    told = {"documents": documents.value}
    record(actor, "provider.delete", provider_id, now=now, before=facts_of(provider), after=told)
    set_delete_percent(provider_id, None)
    if documents is Documents.TRASH:
        request_cleanup(provider_id, now=now, actor=actor)
    provider.delete()


def draft_provider(provider_id: str, *, onto: Provider | None = None, **fields: Unpack[ProviderFields]) -> Provider:
    """The row as saving these fields would leave it, in memory only; raises what saving would."""
    if onto is None:
        check_id(provider_id)
    draft = copy(onto) if onto else Provider(id=provider_id, name=provider_id)
    assign_fields(draft, dict(fields))
    return draft


def _record_update(actor: Actor, provider: Provider, facts: dict[str, Any], *, new_secret: bool, now: datetime) -> None:
    """Pausing and resuming have verbs of their own; a change of nothing has none."""
    before, after = changed(facts, facts_of(provider))
    if new_secret and "secret" not in after:
        before["secret"], after["secret"] = "set", "replaced"
    if not after:
        return
    switched = "enabled" in after and after.keys() <= {"enabled", "paused", "paused_reason"}
    verb = ("provider.resume" if provider.enabled else "provider.pause") if switched else ""
    record(actor, verb or "provider.update", provider.pk, now=now, before=before, after=after)


def _cancel_queued(provider_id: str, *, now: datetime, reason: str) -> None:
    verdict = Verdict(state=RunState.CANCELLED, error_code="cancelled", error=reason)
    for run_id in SyncRun.objects.filter(provider=provider_id, state=RunState.QUEUED).values_list("pk", flat=True):
        end_queued(run_id, verdict, now=now)
