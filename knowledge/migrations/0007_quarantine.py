"""What the embedding backend refused can be listed at once, however much waits beside it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0006_wording_of_stored")]

    operations = [
        migrations.AddIndex(
            "passage",
            models.Index(fields=["id"], name="passage_quarantine", condition=models.Q(("error", ""), _negated=True)),
        ),
    ]
