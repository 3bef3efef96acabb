"""A maximum age of a provider's documents, and the index that finds its last success."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("providers", "0002_run_policies")]

    operations = [
        migrations.AddField(
            "provider",
            "max_age_s",
            models.PositiveIntegerField(null=True, blank=True, help_text="stale without a success for so long"),
        ),
        migrations.AddConstraint(
            "provider",
            models.CheckConstraint(
                condition=Q(max_age_s=None) | Q(max_age_s__range=(60, 31_622_400)), name="provider_max_age"
            ),
        ),
        migrations.AddIndex(
            "syncrun",
            models.Index(
                "provider", F("finished_at").desc(), name="run_newest_success", condition=Q(state="succeeded")
            ),
        ),
    ]
