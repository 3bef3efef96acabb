"""Stages, and the analyzer keys that are bound to them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0007_quarantine")]

    operations = [
        migrations.CreateModel(
            name="Stage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.TextField(unique=True)),
                ("max_top_k", models.PositiveIntegerField(default=1000)),
                ("min_score_floor", models.FloatField(default=0.0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("max_top_k__range", (1, 1000))), name="stage_max_top_k"),
                    models.CheckConstraint(
                        condition=models.Q(("min_score_floor__range", (0, 1))), name="stage_min_score_floor"
                    ),
                ],
            },
        ),
        migrations.AddField(
            "accesskey",
            "stage",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="keys",
                to="knowledge.stage",
            ),
        ),
        migrations.AddConstraint(
            "accesskey",
            models.CheckConstraint(
                condition=models.Q(("stage", None), ("role", "analyzer"), _connector="OR"),
                name="access_key_stage_of_analyzers",
            ),
        ),
    ]
