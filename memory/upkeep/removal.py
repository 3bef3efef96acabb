"""Deleting a context: its keys, what it remembers, its files and its documents in the store, for good."""

from datetime import datetime

from django.db import transaction

from accounts.audit import Actor, record
from accounts.keys import revoke_key
from accounts.models import AccessKey
from ingestion.collections.collections import delete_collection
from ingestion.models import Collection
from knowledge.deleting.erasing import erase_source
from knowledge.locks import lock_sources
from memory.models import Context, Turn


def delete_context(context: Context, *, now: datetime, actor: Actor) -> None:
    """Where it is broken off, the context is still there, its keys are not, and deleting it again goes on."""
    for key in AccessKey.objects.filter(source=context.source, revoked_at=None, role=AccessKey.Role.AGENT):
        revoke_key(key, now=now, actor=actor)
    for collection in Collection.objects.filter(name=context.source):
        delete_collection(collection, now=now, actor=actor.name)
    erase_source(context.source, now=now, actor=actor.name)
    with transaction.atomic():
        lock_sources([context.source])
        erase_source(context.source, now=now, actor=actor.name)
        turns = Turn.objects.filter(context=context).count()
        record(actor, "memory.context.delete", context.source, now=now, before={"turns": turns})
        context.delete()
