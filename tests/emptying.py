"""How a test with transactions of its own leaves the database empty, without the price of every table of the house.

Django's own flush truncates all tables with all their indexes and asks for every permission again, a sixth of a second
each time. A test fills a few tables; those alone are truncated here. Content types and permissions stay as they are.
"""

from functools import cache
from typing import Any

from django.db import connection

KEPT = {"django_content_type", "auth_permission"}


@cache
def which_are_filled() -> str:
    """A query for the names of those tables that hold rows."""
    tables = sorted(set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT)
    return " UNION ALL ".join(f'SELECT \'"{table}"\' WHERE EXISTS (SELECT FROM "{table}")' for table in tables)


def empty_tables(case: Any = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(which_are_filled())
        if filled := [name for (name,) in cursor.fetchall()]:
            cursor.execute(f"TRUNCATE {', '.join(filled)} CASCADE")
