"""A model in building remembers how far its walk over the documents has come, and may have a window of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0003_wording")]

    operations = [
        migrations.AlterField(
            "embeddingmodel",
            "state",
            models.TextField(
                choices=[
                    ("building", "Building"),
                    ("active", "Active"),
                    ("retired", "Retired"),
                    ("dropping", "Dropping"),
                ]
            ),
        ),
        migrations.AddField("embeddingmodel", "planned_to", models.BigIntegerField(null=True)),
        migrations.AddField(
            "embeddingmodel",
            "passage_chars",
            models.PositiveIntegerField(null=True, help_text="its own window; null: PASSAGE_CHARS"),
        ),
        migrations.AddField(
            "embeddingmodel",
            "passage_overlap",
            models.PositiveIntegerField(null=True, help_text="null: PASSAGE_OVERLAP"),
        ),
        migrations.AddConstraint(
            "embeddingmodel",
            models.CheckConstraint(
                condition=models.Q(passage_chars=None, passage_overlap=None)
                | models.Q(passage_overlap__lt=models.F("passage_chars")),
                name="embedding_model_window",
            ),
        ),
    ]
