from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0009_tallies")]

    operations = [
        migrations.AddField(
            model_name="intake",
            name="late",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="intake",
            name="late_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="intake",
            index=models.Index(
                condition=models.Q(("late_until__isnull", False)), fields=["source", "late_until"], name="intake_late"
            ),
        ),
    ]
