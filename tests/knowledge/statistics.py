"""Statistics of the tables as they are now.

PostgreSQL takes them at moments of its own, and how many rows a table holds outlives the transaction of the test that
asked for it. A test whose figures rest on them asks first.
"""

from django.db import connection

from knowledge.search.frequencies import forget_frequencies


def analyze_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE knowledge_document, knowledge_passage, knowledge_fulltextrow")
    forget_frequencies()
