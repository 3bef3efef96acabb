"""Keep vectors in the row: exact search reads every one, and a detour through TOAST would double its time."""

from django.db import migrations

INLINE = """
ALTER TABLE knowledge_passage ALTER COLUMN vector SET STORAGE MAIN;
ALTER TABLE knowledge_passage SET (toast_tuple_target = 8160);
"""
BACK = """
ALTER TABLE knowledge_passage RESET (toast_tuple_target);
ALTER TABLE knowledge_passage ALTER COLUMN vector SET STORAGE EXTERNAL;
"""


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0001_initial")]

    operations = [migrations.RunSQL(INLINE, BACK)]
