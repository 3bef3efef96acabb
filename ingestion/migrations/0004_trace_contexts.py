"""The trace that a file is a part of. What is there has none."""

from django.db import migrations, models

FIELD = models.TextField(db_default="", default="", help_text="what work on it is a part of")


class Migration(migrations.Migration):
    dependencies = [("ingestion", "0003_recognised_pages")]

    operations = [migrations.AddField("file", "trace_context", FIELD)]
