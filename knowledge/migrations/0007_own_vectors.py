"""Documents tell the vectors that they brought from those that they were given. No table is rewritten: what is there brought
none."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0006_filters")]

    operations = [
        migrations.AddField(
            "document",
            "vectors_hash",
            models.BinaryField(
                help_text="SHA-256 of the vectors that it brought; null: it brought none", max_length=32, null=True
            ),
        )
    ]
