"""Which keys are declared. Each costs every push of a document that has it, so there are few."""

from datetime import datetime

from django.db import connection, transaction

from accounts.audit import Actor, record
from core.errors import LarderError
from core.queue import notify
from knowledge.filters.parsing import FilterInvalid, parse_key
from knowledge.models import FilterKey

MOST_KEYS = 20
LOCK = "SELECT pg_advisory_xact_lock(1279345236)"


class FilterKeyNotFound(LarderError):
    code = "not_found"


class TooManyFilterKeys(LarderError):
    code = "too_many_filter_keys"


def declare_key(given: object, *, now: datetime, actor: Actor) -> FilterKey:
    """The key, `metadata.year` or its names; the one that is there, where it is. A worker builds its indexes.

    Raises FilterInvalid for an own field, and TooManyFilterKeys.
    """
    path = _path(given)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(LOCK)
        known = FilterKey.objects.filter(path=path).first()
        if known is not None:
            return known
        if FilterKey.objects.count() >= MOST_KEYS:
            raise TooManyFilterKeys(f"{MOST_KEYS} keys are declared, which is the limit; withdraw one first.")
        key = FilterKey.objects.create(path=path, declared_at=now)
        record(actor, "filter_key.declare", str(key), now=now)
        transaction.on_commit(wake_worker)
    return key


def withdraw_key(given: str, *, now: datetime, actor: Actor) -> None:
    """A worker removes its indexes. Raises FilterKeyNotFound."""
    with transaction.atomic():
        key = next((each for each in FilterKey.objects.order_by("id") if str(each) == given), None)
        if key is None:
            raise FilterKeyNotFound(f"The key {given[:64]!r} is not declared.")
        key.delete()
        record(actor, "filter_key.withdraw", given, now=now)
        transaction.on_commit(wake_worker)


def wake_worker() -> None:
    notify("knowledge.tasks.index_filter_keys", queue="embedding", expires_s=60)


def _path(given: object) -> list[str]:
    first, *names = parse_key(given, "key")
    if not names:
        raise FilterInvalid("key", f"names the field `{first}`, which needs no declaring; write `metadata.year`")
    return names
