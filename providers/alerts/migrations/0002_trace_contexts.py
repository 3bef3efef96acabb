"""The trace that an alert is a part of. What is there has none."""

from django.db import migrations, models

FIELD = models.TextField(db_default="", default="", help_text="what its deliveries are a part of")


class Migration(migrations.Migration):
    dependencies = [("alerts", "0001_initial")]

    operations = [migrations.AddField("alert", "trace_context", FIELD)]
