"""Who steered what."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("knowledge", "0009_tallies"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.TextField(
                        choices=[("user", "User"), ("key", "Key"), ("command", "Command"), ("larder", "Larder")]
                    ),
                ),
                (
                    "actor",
                    models.TextField(help_text="a user's name, a key's name and prefix, or an account of the machine"),
                ),
                ("address", models.TextField(default="", help_text='the client\'s address; "" for commands')),
                ("verb", models.TextField(help_text="`provider.update`")),
                ("object", models.TextField(help_text="what it was done to")),
                (
                    "before",
                    models.JSONField(
                        default=dict, help_text="of the fields that changed; secrets are never among the values"
                    ),
                ),
                ("after", models.JSONField(default=dict)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["object", "-id"], name="audit_object"),
                    models.Index(fields=["actor", "-id"], name="audit_actor"),
                    models.Index(fields=["verb", "-id"], name="audit_verb"),
                    models.Index(fields=["at"], name="audit_at"),
                ],
            },
        ),
    ]
