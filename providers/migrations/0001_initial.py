import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("name", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="SecretsKeyFingerprint",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("noted_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Provider",
            fields=[
                ("id", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=200)),
                ("url", models.TextField()),
                ("enabled", models.BooleanField(default=True)),
                ("sync_schedule", models.TextField(blank=True, default="")),
                ("timezone", models.TextField(default="UTC")),
                ("sync_timeout_ms", models.PositiveIntegerField(default=120000)),
                (
                    "secret_encrypted",
                    models.TextField(blank=True, default="", help_text="Fernet; written, never shown"),
                ),
                (
                    "max_age_s",
                    models.PositiveIntegerField(blank=True, help_text="stale without a success for so long", null=True),
                ),
                ("next_run_at", models.DateTimeField(blank=True, null=True)),
                ("schedule_error", models.TextField(blank=True, default="")),
                ("max_attempts", models.PositiveSmallIntegerField(default=3)),
                ("retry_backoff_s", models.PositiveIntegerField(default=10)),
                ("retry_timeouts", models.BooleanField(default=False)),
                ("jitter_s", models.PositiveIntegerField(default=0)),
                ("pause_after_failures", models.PositiveSmallIntegerField(default=10)),
                ("consecutive_failures", models.PositiveIntegerField(default=0)),
                ("paused_at", models.DateTimeField(blank=True, null=True)),
                ("paused_reason", models.TextField(blank=True, default="")),
                (
                    "prune",
                    models.TextField(
                        choices=[("off", "they stay until they expire"), ("unseen", "they go to the trash")],
                        default="off",
                    ),
                ),
                ("delete_percent", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_run_at__isnull", False)), fields=["next_run_at"], name="provider_due"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id__regex", "^[a-z0-9][a-z0-9_-]*$")), name="provider_id_is_a_slug"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sync_timeout_ms__range", (100, 86400000))), name="provider_timeout"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("next_run_at", None),
                            models.Q(
                                ("enabled", True), ("paused_at", None), models.Q(("sync_schedule", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="provider_plans_only_what_runs",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("max_age_s", None), ("max_age_s__range", (60, 31622400)), _connector="OR"),
                        name="provider_max_age",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("jitter_s__range", (0, 86400)),
                            ("max_attempts__range", (1, 10)),
                            ("retry_backoff_s__range", (0, 900)),
                        ),
                        name="provider_retries",
                    ),
                    models.CheckConstraint(condition=models.Q(("prune__in", ["off", "unseen"])), name="provider_prune"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SyncRun",
            fields=[
                ("created", models.PositiveIntegerField(default=0)),
                ("updated", models.PositiveIntegerField(default=0)),
                ("renewed", models.PositiveIntegerField(default=0)),
                ("unchanged", models.PositiveIntegerField(default=0)),
                ("deleted", models.PositiveIntegerField(default=0)),
                ("rejected", models.PositiveIntegerField(default=0)),
                ("pending", models.PositiveIntegerField(default=0)),
                ("held", models.PositiveIntegerField(default=0)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "trigger",
                    models.TextField(choices=[("api", "by API"), ("manual", "by hand"), ("schedule", "on schedule")]),
                ),
                ("scheduled_for", models.DateTimeField(null=True)),
                ("due_since", models.DateTimeField(null=True)),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("queued", "Queued"),
                            ("running", "Running"),
                            ("succeeded", "Succeeded"),
                            ("failed", "Failed"),
                            ("timed_out", "Timed out"),
                            ("cancelled", "Cancelled"),
                            ("skipped", "Skipped"),
                            ("interrupted", "Interrupted"),
                        ],
                        default="queued",
                    ),
                ),
                ("attempt", models.PositiveSmallIntegerField(default=1)),
                ("idempotency_key", models.TextField(null=True)),
                ("not_before", models.DateTimeField(null=True)),
                ("notified_at", models.DateTimeField(null=True)),
                ("lease_until", models.DateTimeField(null=True)),
                ("deadline_at", models.DateTimeField(null=True)),
                ("attempt_at", models.DateTimeField(null=True)),
                ("cancel_requested_at", models.DateTimeField(null=True)),
                ("queued_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("reported", models.PositiveBigIntegerField(null=True)),
                ("contract", models.PositiveSmallIntegerField(null=True)),
                ("http_status", models.PositiveSmallIntegerField(null=True)),
                ("error_code", models.TextField(default="")),
                ("error", models.TextField(default="")),
                (
                    "provider",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="runs",
                        to="providers.provider",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RunAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("queued", "Queued"),
                            ("running", "Running"),
                            ("succeeded", "Succeeded"),
                            ("failed", "Failed"),
                            ("timed_out", "Timed out"),
                            ("cancelled", "Cancelled"),
                            ("skipped", "Skipped"),
                            ("interrupted", "Interrupted"),
                        ]
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField()),
                ("retry_at", models.DateTimeField()),
                ("http_status", models.PositiveSmallIntegerField(null=True)),
                ("error_code", models.TextField()),
                ("error", models.TextField()),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attempts",
                        to="providers.syncrun",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.AddIndex(
            model_name="syncrun",
            index=models.Index(
                models.F("provider"),
                models.OrderBy(models.F("queued_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="run_newest_per_provider",
            ),
        ),
        migrations.AddIndex(
            model_name="syncrun",
            index=models.Index(
                models.OrderBy(models.F("queued_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="run_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="syncrun",
            index=models.Index(
                models.F("provider"),
                models.OrderBy(models.F("finished_at"), descending=True),
                condition=models.Q(("state", "succeeded")),
                name="run_newest_success",
            ),
        ),
        migrations.AddIndex(
            model_name="syncrun",
            index=models.Index(
                condition=models.Q(("state__in", ("queued", "running"))),
                fields=["state", "lease_until"],
                name="run_active",
            ),
        ),
        migrations.AddIndex(
            model_name="syncrun",
            index=models.Index(
                condition=models.Q(("state", "queued")), fields=["trigger", "queued_at", "id"], name="run_urgency"
            ),
        ),
        migrations.AddConstraint(
            model_name="syncrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("scheduled_for__isnull", False)),
                fields=("provider", "scheduled_for"),
                name="run_one_per_slot",
            ),
        ),
        migrations.AddConstraint(
            model_name="syncrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("queued", "running"))),
                fields=("provider",),
                name="run_one_active_per_provider",
            ),
        ),
        migrations.AddConstraint(
            model_name="syncrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("idempotency_key__isnull", False)),
                fields=("provider", "idempotency_key"),
                name="run_one_per_idempotency_key",
            ),
        ),
        migrations.AddConstraint(
            model_name="syncrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at", None), ("state__in", ("queued", "running"))),
                    models.Q(
                        models.Q(("state__in", ("queued", "running")), _negated=True), ("finished_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="run_finished_has_its_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="syncrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "running"), _negated=True),
                    models.Q(("lease_until__isnull", False), ("started_at__isnull", False)),
                    _connector="OR",
                ),
                name="run_running_has_a_lease",
            ),
        ),
        migrations.AddConstraint(
            model_name="syncrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("started_at", None),
                    ("finished_at", None),
                    ("finished_at__gte", models.F("started_at")),
                    _connector="OR",
                ),
                name="run_never_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="syncrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("scheduled_for__isnull", False), ("trigger", "schedule")),
                    models.Q(models.Q(("trigger", "schedule"), _negated=True), ("scheduled_for", None)),
                    _connector="OR",
                ),
                name="run_slot_belongs_to_the_schedule",
            ),
        ),
        migrations.AddConstraint(
            model_name="runattempt",
            constraint=models.UniqueConstraint(fields=("run", "number"), name="attempt_once"),
        ),
    ]
