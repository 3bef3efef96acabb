"""Pushes that Larder itself could not take."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("knowledge", "0045_replacements"),
    ]

    operations = [
        migrations.AddField(
            model_name="intake",
            name="trouble",
            field=models.TextField(default=""),
        ),
    ]
