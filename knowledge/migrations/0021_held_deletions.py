import uuid

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0020_late_pushes")]

    operations = [
        migrations.CreateModel(
            name="HeldDeletion",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("source", models.TextField()),
                ("keys", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("count", models.PositiveIntegerField()),
                ("live", models.PositiveIntegerField()),
                ("reason", models.TextField(help_text="why they would go")),
                ("run", models.UUIDField(null=True)),
                (
                    "actor",
                    models.TextField(default="", help_text="who asked for it: a key's name, or the store itself"),
                ),
                ("held_at", models.DateTimeField()),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("pending", "Pending"),
                            ("approved", "Approved"),
                            ("discarded", "Discarded"),
                            ("superseded", "Superseded"),
                        ],
                        default="pending",
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.TextField(default="")),
                ("deleted", models.PositiveIntegerField(default=0, help_text="how many went when it was approved")),
            ],
        ),
        migrations.CreateModel(
            name="Seen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("run", models.UUIDField(db_index=True)),
                ("keys", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
            ],
        ),
        migrations.CreateModel(
            name="SourcePolicy",
            fields=[
                ("source", models.TextField(primary_key=True, serialize=False)),
                ("delete_percent", models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name="intake",
            name="held",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="intake",
            name="tracks",
            field=models.BooleanField(default=False),
        ),
        migrations.AddIndex(
            model_name="helddeletion",
            index=models.Index(models.OrderBy(models.F("held_at"), descending=True), name="held_newest"),
        ),
        migrations.AddIndex(
            model_name="helddeletion",
            index=models.Index(condition=models.Q(("run__isnull", False)), fields=["run"], name="held_run"),
        ),
        migrations.AddConstraint(
            model_name="helddeletion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "pending")), fields=("source",), name="held_one_pending_a_source"
            ),
        ),
        migrations.AddConstraint(
            model_name="helddeletion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("state", "pending")),
                    models.Q(models.Q(("state", "pending"), _negated=True), ("decided_at__isnull", False)),
                    _connector="OR",
                ),
                name="held_decided_has_its_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="sourcepolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("delete_percent__range", (0, 100))), name="source_policy_percent"
            ),
        ),
    ]
