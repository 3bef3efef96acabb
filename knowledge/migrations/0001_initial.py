import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import pgvector.django
import pgvector.django.halfvec
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        pgvector.django.VectorExtension(),
        migrations.CreateModel(
            name="AccessKey",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("prefix", models.TextField(unique=True)),
                ("digest", models.BinaryField(max_length=32)),
                (
                    "role",
                    models.TextField(choices=[("provider", "Provider"), ("analyzer", "Analyzer"), ("admin", "Admin")]),
                ),
                ("source", models.TextField(help_text="the only source it sees and writes; null: any", null=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("last_used_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("source", None), models.Q(("source", ""), _negated=True), _connector="OR"),
                        name="access_key_source_not_blank",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source", None), models.Q(("role", "admin"), _negated=True), _connector="OR"
                        ),
                        name="access_key_admin_is_unbound",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.TextField()),
                ("key", models.TextField()),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("created", "Created"),
                            ("updated", "Updated"),
                            ("renewed", "Renewed"),
                            ("deleted", "Deleted"),
                            ("restored", "Restored"),
                        ]
                    ),
                ),
                ("at", models.DateTimeField()),
                ("run", models.UUIDField(help_text="a sync run's id; no foreign key upward", null=True)),
                ("actor", models.TextField(default="", help_text="who: a key's name, a user, or the store itself")),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("source"),
                        models.F("key"),
                        models.OrderBy(models.F("id"), descending=True),
                        name="change_document",
                    ),
                    models.Index(condition=models.Q(("run__isnull", False)), fields=["run", "id"], name="change_run"),
                    models.Index(fields=["at"], name="change_at"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.TextField()),
                ("key", models.TextField()),
                ("content", models.TextField()),
                ("content_hash", models.BinaryField(help_text="SHA-256 of the content", max_length=32)),
                ("facts_hash", models.BinaryField(help_text="SHA-256 of tags and metadata", max_length=32)),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("metadata", models.JSONField(default=dict)),
                ("updated_at", models.DateTimeField(help_text="the provider's own stamp", null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                ("stored_at", models.DateTimeField(help_text="the last push that changed anything here")),
                ("deleted_at", models.DateTimeField(null=True)),
                ("deleted_reason", models.TextField(default="")),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="document_tags"),
                    models.Index(
                        condition=models.Q(("deleted_at", None), ("expires_at__isnull", False)),
                        fields=["expires_at"],
                        name="document_expiry",
                    ),
                    models.Index(
                        condition=models.Q(("deleted_at__isnull", False)), fields=["deleted_at"], name="document_trash"
                    ),
                    models.Index(
                        models.OrderBy(models.F("stored_at"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        condition=models.Q(("deleted_at", None)),
                        name="document_newest",
                    ),
                    models.Index(
                        models.F("source"),
                        models.OrderBy(models.F("stored_at"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        condition=models.Q(("deleted_at", None)),
                        name="document_source_newest",
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("source", "key"), name="document_source_key")],
            },
        ),
        migrations.CreateModel(
            name="EmbeddingModel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.TextField(unique=True)),
                ("dimensions", models.PositiveIntegerField()),
                (
                    "state",
                    models.TextField(choices=[("building", "Building"), ("active", "Active"), ("retired", "Retired")]),
                ),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "active")), fields=("state",), name="embedding_model_one_active"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("dimensions__range", (1, 4000))), name="embedding_model_dimensions"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Intake",
            fields=[
                ("run", models.UUIDField(primary_key=True, serialize=False)),
                ("source", models.TextField()),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("created", models.PositiveIntegerField(default=0)),
                ("updated", models.PositiveIntegerField(default=0)),
                ("renewed", models.PositiveIntegerField(default=0)),
                ("unchanged", models.PositiveIntegerField(default=0)),
                ("deleted", models.PositiveIntegerField(default=0)),
                ("rejected", models.PositiveIntegerField(default=0)),
                ("pending", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)), fields=("source",), name="intake_one_open_per_source"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Passage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ordinal", models.PositiveIntegerField()),
                ("start", models.PositiveIntegerField()),
                ("end", models.PositiveIntegerField()),
                ("text_hash", models.BinaryField(help_text="SHA-256 of the passage's text", max_length=32)),
                ("vector", pgvector.django.halfvec.HalfVectorField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("not_before", models.DateTimeField(help_text="waits until then; null: at once", null=True)),
                ("error", models.TextField(default="")),
                (
                    "document",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="passages",
                        to="knowledge.document",
                    ),
                ),
                (
                    "model",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="passages",
                        to="knowledge.embeddingmodel",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("vector__isnull", False)),
                        fields=["model", "text_hash"],
                        name="passage_text",
                    ),
                    models.Index(
                        condition=models.Q(("vector__isnull", True)), fields=["model", "id"], name="passage_waiting"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("document", "model", "ordinal"), name="passage_document_model_ordinal"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end__gt", models.F("start"))), name="passage_not_empty"
                    ),
                ],
            },
        ),
    ]
