"""Deleting a context: its keys, what it remembers, its files and its documents in the store, for good."""

from collections.abc import Iterator
from datetime import datetime

from django.apps import apps
from django.db import connection, transaction

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
        _delete_rows(context)
        context.delete()


def _delete_rows(context: Context) -> None:
    """All that bears the context's id, table by table: references between them are checked at the end."""
    with connection.cursor() as cursor:
        for statement in _statements():
            cursor.execute(statement, [context.pk])


def _statements() -> Iterator[str]:
    """Each expects the table's index of the context, where it has many rows."""
    for model in apps.get_app_config("memory").get_models():
        for field in model._meta.local_many_to_many:
            rows = f"SELECT id FROM {model._meta.db_table} WHERE context_id = %s"  # noqa: S608 -- names of tables
            through, column = field.m2m_db_table(), field.m2m_column_name()
            yield f"DELETE FROM {through} WHERE {column} IN ({rows})"  # noqa: S608
        if any(field.attname == "context_id" for field in model._meta.concrete_fields):
            yield f"DELETE FROM {model._meta.db_table} WHERE context_id = %s"  # noqa: S608
