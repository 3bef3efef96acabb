from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("filing", "0015_names_of_files"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="filing",
            index=models.Index(
                fields=["created_at"], name="filing_temporary", condition=Q(state="failed", temporary=True)
            ),
        ),
    ]
