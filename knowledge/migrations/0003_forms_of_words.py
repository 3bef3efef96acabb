"""Rows of words tell in which form and language they are. No table is rewritten: those that are there keep the defaults,
until a worker writes them anew."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0002_written_by")]

    operations = [
        migrations.CreateModel(
            name="WordsWalk",
            fields=[
                ("made_with", models.TextField(primary_key=True, serialize=False)),
                ("reached", models.BigIntegerField(default=0)),
                ("written", models.PositiveBigIntegerField(default=0)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            "fulltextrow",
            "form",
            models.PositiveSmallIntegerField(
                db_default=1, help_text="`knowledge.words.FORM` of when they were written"
            ),
        ),
        migrations.AddField(
            "fulltextrow",
            "language",
            models.TextField(db_default="", help_text="whose stems they are; empty: written before rows told"),
        ),
    ]
