from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0021_held_deletions")]

    operations = [
        migrations.AddField(
            model_name="change",
            name="before",
            field=models.TextField(help_text="the content that this change replaced, kept for DIFF_DAYS", null=True),
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(condition=models.Q(("before__isnull", False)), fields=["at"], name="change_before"),
        ),
    ]
