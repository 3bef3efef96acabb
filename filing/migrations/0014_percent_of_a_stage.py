from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("filing", "0013_titles_that_were_given"),
    ]

    operations = [
        migrations.AddField(
            model_name="filing",
            name="stage_percent",
            field=models.PositiveSmallIntegerField(default=0, help_text="how far its claim is in this stage"),
        ),
    ]
