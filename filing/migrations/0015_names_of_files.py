import django.contrib.postgres.fields
from django.db import migrations, models

TEXTS = models.TextField()


class Migration(migrations.Migration):
    dependencies = [
        ("filing", "0014_percent_of_a_stage"),
    ]

    operations = [
        migrations.AddField(
            model_name="filing",
            name="other_names",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=TEXTS, default=list, help_text="under which the same file came again", size=None
            ),
        ),
        migrations.AddField(
            model_name="job",
            name="file_names",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=TEXTS, default=list, help_text="of each, as it was uploaded", size=None
            ),
        ),
    ]
