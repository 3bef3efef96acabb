from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Cast, Coalesce

UPDATED = Coalesce("updated_at", "stored_at")
EXPIRES = Coalesce("expires_at", Cast(models.Value("infinity"), models.DateTimeField()))


class Migration(migrations.Migration):
    """Each order that documents are listed in has an index that yields them in it, page by page."""

    dependencies = [("knowledge", "0047_allowances")]

    operations = [
        migrations.RemoveIndex(model_name="document", name="document_trash"),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                F("deleted_at").desc(),
                F("id").desc(),
                condition=Q(("deleted_at__isnull", False)),
                name="document_trash_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                UPDATED.desc(), F("id").desc(), condition=Q(("deleted_at", None)), name="document_updated"
            ),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(EXPIRES, F("id"), condition=Q(("deleted_at", None)), name="document_expires"),
        ),
    ]
