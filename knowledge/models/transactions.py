"""Which transaction wrote a row, as PostgreSQL counts them (`xid8`: 64 bits, never again the same)."""

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    Field = models.Field[str | None, str | None]
else:
    Field = models.Field


class CurrentTransaction(models.Func):
    """The transaction that a statement belongs to."""

    function = "pg_current_xact_id"
    arity = 0


class TransactionField(Field):
    """An `xid8`; in Python its digits."""

    def db_type(self, connection: Any) -> str:
        return "xid8"
