"""How many pages recognition was to read and did not."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ingestion", "0004_trace_contexts")]

    operations = [
        migrations.AddField(
            "file",
            "unread_pages",
            models.PositiveIntegerField(default=0, help_text="of these, given up by OCR, or beyond its most"),
        )
    ]
