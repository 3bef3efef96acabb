"""A stage says whether its queries are reranked. No table is rewritten: what is there goes by what is asked."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AddField(
            "stage",
            "rerank",
            models.TextField(
                choices=[("asked", "asked"), ("always", "always"), ("never", "never")],
                db_default="asked",
                default="asked",
            ),
        ),
        migrations.AddConstraint(
            "stage",
            models.CheckConstraint(
                condition=models.Q(("rerank__in", ["asked", "always", "never"])), name="stage_rerank"
            ),
        ),
    ]
