import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Blob",
            fields=[
                ("sha256", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("data", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Collection",
            fields=[
                ("name", models.TextField(primary_key=True, serialize=False)),
                ("description", models.TextField(blank=True, default="")),
                ("metadata", models.JSONField(default=dict)),
                (
                    "splitter",
                    models.TextField(
                        choices=[
                            ("windows", "windows of a fixed number of characters"),
                            ("structure", "sentences, headings and rows kept whole"),
                        ],
                        default="windows",
                    ),
                ),
                (
                    "days_to_live",
                    models.PositiveIntegerField(help_text="of what is uploaded from now on; null: for good", null=True),
                ),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("splitter__in", ["windows", "structure"])), name="collection_splitter"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("days_to_live", None), ("days_to_live__gt", 0), _connector="OR"),
                        name="collection_days_to_live",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("submitted_at", models.DateTimeField()),
                (
                    "file_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(),
                        default=list,
                        help_text="files in order, also those known before",
                        size=None,
                    ),
                ),
                (
                    "file_names",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, help_text="of each, as it was uploaded", size=None
                    ),
                ),
                ("metadata", models.JSONField(default=dict)),
                (
                    "collection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="jobs", to="ingestion.collection"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="File",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("source_type", models.TextField(choices=[("text", "Text"), ("url", "Url"), ("file", "File")])),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("queued", "Queued"),
                            ("extracting", "Extracting"),
                            ("chunking", "Chunking"),
                            ("embedding", "Embedding"),
                            ("indexing", "Indexing"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("deleted", "Deleted"),
                        ],
                        default="queued",
                    ),
                ),
                ("title", models.TextField(default="")),
                ("title_given", models.BooleanField(default=False, help_text="and not found in what was read")),
                ("file_name", models.TextField(default="")),
                (
                    "other_names",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(),
                        default=list,
                        help_text="under which the same file came again",
                        size=None,
                    ),
                ),
                ("url", models.TextField(default="")),
                ("content_type", models.TextField(default="")),
                (
                    "content_hash",
                    models.BinaryField(
                        help_text="SHA-256 of the body; null: not fetched yet", max_length=32, null=True
                    ),
                ),
                (
                    "indexed_hash",
                    models.BinaryField(help_text="of what its documents were made of", max_length=32, null=True),
                ),
                ("etag", models.TextField(default="")),
                ("last_modified", models.TextField(default="")),
                ("fetch_schedule", models.TextField(default="", help_text="five cron fields; empty: fetched once")),
                ("timezone", models.TextField(default="UTC")),
                ("next_fetch_at", models.DateTimeField(null=True)),
                ("fetched_at", models.DateTimeField(help_text="when the address was last found to answer", null=True)),
                ("body_bytes", models.BigIntegerField(default=0)),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, help_text="the scope: on every chunk", size=None
                    ),
                ),
                ("metadata", models.JSONField(default=dict)),
                ("text", models.TextField(default="")),
                ("parts", models.JSONField(default=list)),
                (
                    "flags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, help_text="what the scanner noticed", size=None
                    ),
                ),
                ("chunk_count", models.PositiveIntegerField(default=0)),
                ("document_count", models.PositiveIntegerField(default=0, help_text="of the store, numbered from 0")),
                ("actor", models.TextField(default="")),
                (
                    "stage_percent",
                    models.PositiveSmallIntegerField(default=0, help_text="how far the lease is in this stage"),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("not_before", models.DateTimeField(null=True)),
                ("lease_until", models.DateTimeField(null=True)),
                ("lease_id", models.UUIDField(null=True)),
                ("error_code", models.TextField(default="")),
                ("error", models.TextField(default="")),
                ("temporary", models.BooleanField(default=False, help_text="of a failure: trying again may help")),
                ("deleted_reason", models.TextField(default="")),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(help_text="when a worker first took it up", null=True)),
                ("completed_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                (
                    "collection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="ingestion.collection"
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="files",
                        to="ingestion.job",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Chunk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("index", models.PositiveIntegerField()),
                ("start", models.PositiveIntegerField()),
                ("end", models.PositiveIntegerField()),
                ("page", models.PositiveIntegerField(null=True)),
                ("section", models.TextField(default="")),
                ("form", models.TextField(default="text")),
                ("text_hash", models.BinaryField(max_length=32)),
                (
                    "flags",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                (
                    "file",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chunks",
                        to="ingestion.file",
                    ),
                ),
            ],
            options={
                "ordering": ["file", "index"],
                "constraints": [
                    models.UniqueConstraint(fields=("file", "index"), name="chunk_file_index"),
                    models.UniqueConstraint(fields=("file", "text_hash"), name="chunk_file_text"),
                    models.CheckConstraint(condition=models.Q(("end__gt", models.F("start"))), name="chunk_not_empty"),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="file",
            index=models.Index(
                condition=models.Q(("state__in", ("queued", "extracting", "chunking", "embedding", "indexing"))),
                fields=["not_before", "created_at"],
                name="file_work",
            ),
        ),
        migrations.AddIndex(
            model_name="file",
            index=models.Index(
                models.OrderBy(models.F("created_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="file_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="file",
            index=models.Index(
                models.F("collection"),
                models.OrderBy(models.F("created_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="file_of_collection",
            ),
        ),
        migrations.AddIndex(
            model_name="file",
            index=models.Index(fields=["state", "created_at"], name="file_by_state"),
        ),
        migrations.AddIndex(
            model_name="file",
            index=models.Index(
                condition=models.Q(("state", "failed"), ("temporary", True)),
                fields=["created_at"],
                name="file_temporary",
            ),
        ),
        migrations.AddIndex(
            model_name="file",
            index=models.Index(fields=["collection", "content_hash"], name="file_by_content"),
        ),
        migrations.AddIndex(
            model_name="file",
            index=models.Index(
                condition=models.Q(
                    ("state__in", ("queued", "extracting", "chunking", "embedding", "indexing", "failed"))
                ),
                fields=["content_hash"],
                name="file_blobs",
            ),
        ),
        migrations.AddIndex(
            model_name="file",
            index=models.Index(condition=models.Q(("state", "done")), fields=["expires_at"], name="file_expiry"),
        ),
        migrations.AddIndex(
            model_name="file",
            index=models.Index(condition=models.Q(("state", "done")), fields=["next_fetch_at"], name="file_fetches"),
        ),
        migrations.AddConstraint(
            model_name="file",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["queued", "extracting", "chunking", "embedding", "indexing", "done", "failed", "deleted"],
                    )
                ),
                name="file_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="file",
            constraint=models.CheckConstraint(
                condition=models.Q(("source_type__in", ["text", "url", "file"])), name="file_source_type"
            ),
        ),
        migrations.AddConstraint(
            model_name="file",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("lease_until", None),
                    ("state__in", ("queued", "extracting", "chunking", "embedding", "indexing")),
                    _connector="OR",
                ),
                name="file_lease",
            ),
        ),
        migrations.AddConstraint(
            model_name="file",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("source_type", "url"), models.Q(("state__in", ("failed", "deleted")), _negated=True)
                ),
                fields=("collection", "url"),
                name="file_one_per_url",
            ),
        ),
    ]
