"""Renewals are forgotten long before other changes: find them without walking over a month of those."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0030_audit")]

    atomic = False

    operations = [
        AddIndexConcurrently(
            "change",
            models.Index(fields=["at"], name="change_renewal", condition=models.Q(("kind", "renewed"))),
        ),
    ]
