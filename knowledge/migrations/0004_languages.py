"""Documents and sources tell the language of their words. No table is rewritten: what is there keeps the default, and the
index, of documents that name a language and so of none at first, is built beside those who write."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("knowledge", "0003_forms_of_words")]

    operations = [
        migrations.CreateModel(
            name="SourceLanguage",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "source", "language", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("source", models.TextField()),
                ("language", models.TextField()),
                ("is_own", models.BooleanField(db_default=False, default=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_own", True)), fields=("source",), name="source_language"
                    )
                ]
            },
        ),
        migrations.AddField(
            "document",
            "language",
            models.TextField(db_default="", help_text="whose words it has; empty: as its source says, or the settings"),
        ),
        AddIndexConcurrently(
            "document",
            models.Index(
                condition=models.Q(("language", ""), _negated=True),
                fields=["source", "language"],
                name="document_language",
            ),
        ),
    ]
