"""Writing a context to lines, as it is at one moment."""

from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction

from memory.access.contexts import SETTINGS
from memory.models import Context, Uncertainty
from memory.transfer.lines import FORMAT, TABLES, json_line, row_line

CHUNK = 1_000
OF_NO_KEY: dict[str, Any] = {"grant": {"key": None}}


def export_context(context: Context) -> Iterator[str]:
    """Line by line, in one snapshot; the last one says how many rows there are."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield json_line(
            {"format": FORMAT, "context": context.pk, "settings": {each: getattr(context, each) for each in SETTINGS}}
        )
        count = 0
        for table, model in TABLES.items():
            rows = model._default_manager.filter(context=context, **OF_NO_KEY.get(table, {}))
            for row in rows.order_by("pk").iterator(CHUNK):
                count += 1
                yield row_line(table, row, **_more(row))
        yield json_line({"rows": count})


def _more(row: Any) -> dict[str, Any]:
    """What stands in a table between two."""
    return {"facts": [str(pk) for pk in row.facts.values_list("pk", flat=True)]} if isinstance(row, Uncertainty) else {}
