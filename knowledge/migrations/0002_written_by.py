"""Passages bear the transaction that wrote their vector. No table is rewritten: rows that are there keep no transaction,
and the index is built beside those who write."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from knowledge.migrations._triggers import STAMP
from knowledge.models.transactions import CurrentTransaction, TransactionField

HELP = "who wrote the vector, or the document's tags; null: before rows told"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("knowledge", "0001_initial")]

    operations = [
        migrations.AddField("passage", "written_by", TransactionField(help_text=HELP, null=True)),
        migrations.AlterField(
            "passage", "written_by", TransactionField(db_default=CurrentTransaction(), help_text=HELP, null=True)
        ),
        AddIndexConcurrently(
            "passage",
            models.Index(
                fields=["model", "written_by"],
                name="passage_written",
                condition=models.Q(("vector__isnull", False), ("written_by__isnull", False)),
            ),
        ),
        migrations.RunSQL(STAMP, migrations.RunSQL.noop),
    ]
