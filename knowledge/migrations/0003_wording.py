"""The words of passages, for keyword search, in a table of their own: neither renewals nor vectors rewrite them."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

# Passages stay in the row, uncompressed: ranking looks into every candidate once a term.
INLINE = """
ALTER TABLE knowledge_wording ALTER COLUMN lexemes SET STORAGE MAIN;
ALTER TABLE knowledge_wording SET (toast_tuple_target = 8160);
"""

# Frequencies of words come from these: three thousand of them instead of a thousand.
STATISTICS = "ALTER TABLE knowledge_wording ALTER COLUMN lexemes SET STATISTICS 300"


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0002_inline_vectors")]

    operations = [
        migrations.CreateModel(
            name="Wording",
            fields=[
                ("pk", models.CompositePrimaryKey("document_id", "ordinal", primary_key=True, serialize=False)),
                (
                    "document",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="wordings",
                        to="knowledge.document",
                    ),
                ),
                ("ordinal", models.PositiveIntegerField()),
                ("start", models.PositiveIntegerField()),
                ("end", models.PositiveIntegerField()),
                ("lexemes", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={"indexes": [django.contrib.postgres.indexes.GinIndex(fields=["lexemes"], name="wording_lexemes")]},
        ),
        migrations.RunSQL(INLINE, migrations.RunSQL.noop),
        migrations.RunSQL(STATISTICS, migrations.RunSQL.noop),
    ]
