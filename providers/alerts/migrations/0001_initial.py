import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="AlertChannel",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.TextField(unique=True)),
                ("kind", models.TextField()),
                ("url_encrypted", models.TextField(blank=True, default="")),
                ("host", models.TextField(blank=True, default="", help_text="of the URL, with its port")),
                ("secret_encrypted", models.TextField(blank=True, default="")),
                (
                    "recipients",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "providers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
                ("after_failures", models.PositiveSmallIntegerField(default=1)),
                ("enabled", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("after_failures__range", (1, 100))), name="alert_channel_after_failures"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("url_encrypted", ""), _negated=True),
                            models.Q(("recipients", []), _negated=True),
                            _connector="OR",
                        ),
                        name="alert_channel_has_an_address",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("provider", models.TextField(help_text='"" for a test')),
                ("event", models.TextField()),
                ("detail", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "state",
                    models.TextField(
                        choices=[("queued", "Queued"), ("delivered", "Delivered"), ("failed", "Given up")],
                        default="queued",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("not_before", models.DateTimeField()),
                ("delivered_at", models.DateTimeField(null=True)),
                ("error", models.TextField(default="")),
                (
                    "channel",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alerts",
                        to="alerts.alertchannel",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state", "queued")), fields=["not_before"], name="alert_waiting"),
                    models.Index(
                        models.OrderBy(models.F("at"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="alert_newest",
                    ),
                    models.Index(fields=["channel"], name="alert_channel"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AlertState",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider", models.TextField()),
                (
                    "holding",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="states", to="alerts.alertchannel"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("channel", "provider"), name="alert_state_one_each")],
            },
        ),
    ]
