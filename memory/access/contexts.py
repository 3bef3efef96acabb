"""Contexts: made and changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.audit import Actor, changed, record
from memory.access.reserved import check_context_id
from memory.errors import ContextNotFound, MemoryConflict, MemoryInvalid
from memory.models import Context

SETTINGS = ("name", "confidence_floor", "token_limit", "enforcement_blocked", "enforce_limit", "use_models")
MOST_NAME_CHARS = 200
MOST_TOKENS = 2**62


def get_context(context_id: str) -> Context:
    """Raises ContextNotFound."""
    found: Context | None = Context.objects.filter(pk=context_id.replace("\0", "")).first()
    if found is None:
        raise ContextNotFound(f"There is no context {context_id!r:.100}.")
    return found


def create_context(context_id: str, *, now: datetime, actor: Actor, **settings: Any) -> Context:
    """Another context, empty. Raises MemoryInvalid for what is no name, MemoryConflict for one that is taken."""
    check_context_id(context_id)
    check_settings(settings)
    try:
        with transaction.atomic():
            context = Context.objects.create(pk=context_id, created_at=now, updated_at=now, **settings)
            record(actor, "memory.context.create", context.source, now=now, after=settings)
    except IntegrityError as error:
        raise MemoryConflict(f"The context {context_id} exists.") from error
    return context


@transaction.atomic
def change_context(context: Context, *, now: datetime, actor: Actor, **settings: Any) -> Context:
    """The settings that are given; the others stay. Raises MemoryInvalid."""
    check_settings(settings)
    before, after = changed({name: getattr(context, name) for name in settings}, settings)
    if after:
        Context.objects.filter(pk=context.pk).update(**after, updated_at=now)
        record(actor, "memory.context.update", context.source, now=now, before=before, after=after)
        context.refresh_from_db()
    return context


def check_settings(settings: Mapping[str, Any]) -> None:
    """Raises MemoryInvalid, with the `field`."""
    name, floor, limit = (settings.get(each) for each in ("name", "confidence_floor", "token_limit"))
    if name is not None and (len(name) > MOST_NAME_CHARS or not name.isprintable()):
        raise MemoryInvalid(f"The name is one line of at most {MOST_NAME_CHARS} characters.", field="name")
    if floor is not None and not 0 <= floor <= 1:
        raise MemoryInvalid("The confidence floor lies within 0 and 1.", field="confidence_floor")
    if limit is not None and not 0 <= limit <= MOST_TOKENS:
        raise MemoryInvalid(f"The token limit is 0 to {MOST_TOKENS:,}.", field="token_limit")
