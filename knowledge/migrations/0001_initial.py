import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.comparison
import pgvector.django.halfvec
from django.db import migrations, models
from pgvector.django import VectorExtension

from knowledge.migrations._outbox import OUTBOX
from knowledge.migrations._triggers import EVERYTHING


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        VectorExtension(),
        migrations.CreateModel(
            name="ClusterChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("passage", models.BigIntegerField()),
                ("model", models.BigIntegerField()),
                (
                    "extent",
                    models.PositiveSmallIntegerField(choices=[(1, "Expiry"), (2, "Labels"), (3, "Vector")]),
                ),
                ("noted_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["model"], name="cluster_change_model")],
            },
        ),
        migrations.CreateModel(
            name="ClusterCollection",
            fields=[
                (
                    "model",
                    models.BigIntegerField(
                        help_text="the model's row; no foreign key: it may be gone", primary_key=True, serialize=False
                    ),
                ),
                ("walked_to", models.BigIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ClusterFeed",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("lineage", models.TextField()),
                ("version", models.BigIntegerField(default=0)),
                ("begun_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="cluster_feed_one")],
            },
        ),
        migrations.CreateModel(
            name="CountDelta",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.TextField()),
                ("scope", models.TextField()),
                ("name", models.TextField()),
                ("documents", models.BigIntegerField()),
                ("chars", models.BigIntegerField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="GenerationStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="SeenKeys",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("run", models.UUIDField(db_index=True, help_text="the run's id, or the replacement's")),
                ("keys", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
            ],
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
                (
                    "before",
                    models.TextField(help_text="the content that this change replaced, kept for DIFF_DAYS", null=True),
                ),
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
                    models.Index(condition=models.Q(("kind", "renewed")), fields=["at"], name="change_renewal"),
                    models.Index(condition=models.Q(("before__isnull", False)), fields=["at"], name="change_before"),
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
                        models.OrderBy(models.F("deleted_at"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        condition=models.Q(("deleted_at__isnull", False)),
                        name="document_trash_newest",
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
                    models.Index(
                        models.OrderBy(
                            django.db.models.functions.comparison.Coalesce("updated_at", "stored_at"), descending=True
                        ),
                        models.OrderBy(models.F("id"), descending=True),
                        condition=models.Q(("deleted_at", None)),
                        name="document_updated",
                    ),
                    models.Index(
                        django.db.models.functions.comparison.Coalesce(
                            "expires_at",
                            django.db.models.functions.comparison.Cast(
                                models.Value("infinity"), models.DateTimeField()
                            ),
                        ),
                        models.F("id"),
                        condition=models.Q(("deleted_at", None)),
                        name="document_expires",
                    ),
                    models.Index(
                        models.F("source"),
                        django.db.models.functions.comparison.Coalesce(
                            "expires_at",
                            django.db.models.functions.comparison.Cast(
                                models.Value("infinity"), models.DateTimeField()
                            ),
                        ),
                        models.F("id"),
                        condition=models.Q(("deleted_at", None)),
                        name="document_source_expires",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.search.SearchVector(
                            models.Func(
                                models.F("key"),
                                models.Value("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
                                models.Value("                                "),
                                function="translate",
                                output_field=models.TextField(),
                            ),
                            config="simple",
                        ),
                        name="document_key_words",
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
                    models.TextField(
                        choices=[
                            ("building", "Building"),
                            ("active", "Active"),
                            ("retired", "Retired"),
                            ("dropping", "Dropping"),
                        ]
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("planned_to", models.BigIntegerField(null=True)),
                (
                    "passage_chars",
                    models.PositiveIntegerField(help_text="its own window; null: PASSAGE_CHARS", null=True),
                ),
                ("passage_overlap", models.PositiveIntegerField(help_text="null: PASSAGE_OVERLAP", null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "active")), fields=("state",), name="embedding_model_one_active"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("dimensions__range", (1, 16000))), name="embedding_model_dimensions"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("passage_chars", None), ("passage_overlap", None)),
                            ("passage_overlap__lt", models.F("passage_chars")),
                            _connector="OR",
                        ),
                        name="embedding_model_window",
                    ),
                ],
            },
        ),
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
            options={
                "indexes": [
                    models.Index(models.OrderBy(models.F("held_at"), descending=True), name="held_newest"),
                    models.Index(condition=models.Q(("run__isnull", False)), fields=["run"], name="held_run"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "pending")), fields=("source",), name="held_one_pending_a_source"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("state", "pending")),
                            models.Q(models.Q(("state", "pending"), _negated=True), ("decided_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="held_decided_has_its_time",
                    ),
                ],
            },
        ),
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
        migrations.CreateModel(
            name="RunCounts",
            fields=[
                ("created", models.PositiveIntegerField(default=0)),
                ("updated", models.PositiveIntegerField(default=0)),
                ("renewed", models.PositiveIntegerField(default=0)),
                ("unchanged", models.PositiveIntegerField(default=0)),
                ("stale", models.PositiveIntegerField(default=0)),
                ("deleted", models.PositiveIntegerField(default=0)),
                ("rejected", models.PositiveIntegerField(default=0)),
                ("pending", models.PositiveIntegerField(default=0)),
                ("held", models.PositiveIntegerField(default=0)),
                ("run", models.UUIDField(primary_key=True, serialize=False)),
                ("source", models.TextField()),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("late", models.PositiveIntegerField(default=0)),
                ("late_until", models.DateTimeField(null=True)),
                ("tracks", models.BooleanField(default=False)),
                ("trouble", models.TextField(default="")),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("late_until__isnull", False)),
                        fields=["source", "late_until"],
                        name="run_counts_late",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("source",),
                        name="run_counts_one_open_per_source",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SourcePolicy",
            fields=[
                ("source", models.TextField(primary_key=True, serialize=False)),
                ("delete_percent", models.PositiveSmallIntegerField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("delete_percent__range", (0, 100))), name="source_policy_percent"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StoredCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.TextField()),
                ("scope", models.TextField()),
                ("name", models.TextField()),
                ("documents", models.BigIntegerField()),
                ("chars", models.BigIntegerField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("kind"),
                        models.F("scope"),
                        models.OrderBy(models.F("documents"), descending=True),
                        models.F("name"),
                        name="stored_count_most",
                    ),
                    models.Index(condition=models.Q(("documents", 0)), fields=["id"], name="stored_count_empty"),
                ],
                "constraints": [models.UniqueConstraint(fields=("kind", "scope", "name"), name="stored_count_one")],
            },
        ),
        migrations.CreateModel(
            name="FullTextRow",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "document_id", "ordinal", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("ordinal", models.PositiveIntegerField()),
                ("start", models.PositiveIntegerField()),
                ("end", models.PositiveIntegerField()),
                ("lexemes", django.contrib.postgres.search.SearchVectorField()),
                (
                    "document",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="fulltext_rows",
                        to="knowledge.document",
                    ),
                ),
            ],
            options={
                "indexes": [django.contrib.postgres.indexes.GinIndex(fields=["lexemes"], name="fulltext_lexemes")],
            },
        ),
        migrations.CreateModel(
            name="ScanWalk",
            fields=[
                ("version", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("reached", models.BigIntegerField(default=0)),
                ("flagged", models.PositiveBigIntegerField(default=0)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
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
                    models.Index(
                        condition=models.Q(("error", ""), _negated=True), fields=["id"], name="passage_quarantine"
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
        migrations.RunSQL(EVERYTHING, migrations.RunSQL.noop),
        migrations.RunSQL(OUTBOX, migrations.RunSQL.noop),
    ]
