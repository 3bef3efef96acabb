"""How often somebody may try to sign in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0046_trouble")]

    operations = [
        migrations.CreateModel(
            name="Allowance",
            fields=[
                (
                    "name",
                    models.TextField(
                        help_text="a digest; what people type is not kept", primary_key=True, serialize=False
                    ),
                ),
                ("full_at", models.DateTimeField()),
            ],
            options={"indexes": [models.Index(fields=["full_at"], name="allowance_full_at")]},
        ),
    ]
