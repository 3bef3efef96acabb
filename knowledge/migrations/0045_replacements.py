"""Whole sets that come in several pushes."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("knowledge", "0040_renewals_by_age"),
    ]

    operations = [
        migrations.CreateModel(
            name="Replacement",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("source", models.TextField()),
                ("begun_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("deleted", models.PositiveIntegerField(default=0)),
                ("held", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("finished_at", None)),
                        fields=("source",),
                        name="replacement_one_open_per_source",
                    )
                ],
            },
        ),
        migrations.AlterField(
            model_name="seen",
            name="run",
            field=models.UUIDField(db_index=True, help_text="the run's id, or the replacement's"),
        ),
    ]
