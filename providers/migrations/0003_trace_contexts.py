"""The trace that a run is a part of. What is there has none."""

from django.db import migrations, models

FIELD = models.TextField(db_default="", default="", help_text="what its attempts are a part of")


class Migration(migrations.Migration):
    dependencies = [("providers", "0002_language")]

    operations = [migrations.AddField("syncrun", "trace_context", FIELD)]
