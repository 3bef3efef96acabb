"""Equality and containment of metadata by an index over everything, built beside those who read and write; and which keys
an admin declared for ranges."""

import django.contrib.postgres.fields
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("knowledge", "0005_waiting_deltas")]

    operations = [
        migrations.CreateModel(
            name="FilterKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "path",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None, unique=True),
                ),
                ("declared_at", models.DateTimeField()),
            ],
        ),
        AddIndexConcurrently(
            "document", GinIndex(fields=["metadata"], name="document_metadata", opclasses=["jsonb_path_ops"])
        ),
    ]
