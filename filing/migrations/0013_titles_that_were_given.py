from django.db import migrations, models

KEEP_WHAT_STANDS = "UPDATE filing_filing SET title_given = true WHERE title <> ''"


class Migration(migrations.Migration):
    """A title of before may have been given; it stays, as it did."""

    dependencies = [
        ("filing", "0004_refetching"),
    ]

    operations = [
        migrations.AddField(
            model_name="filing",
            name="title_given",
            field=models.BooleanField(default=False, help_text="and not found in what was read"),
        ),
        migrations.RunSQL(KEEP_WHAT_STANDS, migrations.RunSQL.noop),
    ]
