"""The language of a provider's documents. What is there keeps the default."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("providers", "0001_initial")]

    operations = [
        migrations.AddField("provider", "language", models.TextField(blank=True, db_default="", default="")),
    ]
