"""Whether anything waits is asked with every query, of a thousand deltas that mostly count something else. The index is
built beside those who write."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("knowledge", "0004_languages")]

    operations = [
        AddIndexConcurrently(
            "countdelta",
            models.Index(condition=models.Q(("kind", "waiting")), fields=["name"], name="count_delta_waiting"),
        )
    ]
