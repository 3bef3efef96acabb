from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Cast, Coalesce

EXPIRES = Coalesce("expires_at", Cast(models.Value("infinity"), models.DateTimeField()))


class Migration(migrations.Migration):
    """A source's documents in the order in which they expire: the index that found the next one yields them all."""

    dependencies = [("knowledge", "0050_key_words")]

    operations = [
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                models.F("source"),
                EXPIRES,
                models.F("id"),
                condition=Q(deleted_at=None),
                name="document_source_expires",
            ),
        ),
        migrations.RemoveIndex(model_name="document", name="document_source_expiry"),
    ]
