import uuid

import django.contrib.auth.validators
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import accounts.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
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
        migrations.CreateModel(
            name="RateLimitState",
            fields=[
                (
                    "name",
                    models.TextField(
                        help_text="a digest; what people type is not kept", primary_key=True, serialize=False
                    ),
                ),
                ("full_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["full_at"], name="rate_limit_full_at")],
            },
        ),
        migrations.CreateModel(
            name="Stage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.TextField(unique=True)),
                ("max_top_k", models.PositiveIntegerField(default=1000)),
                ("min_score_floor", models.FloatField(default=0.0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("max_top_k__range", (1, 1000))), name="stage_max_top_k"),
                    models.CheckConstraint(
                        condition=models.Q(("min_score_floor__range", (0, 1))), name="stage_min_score_floor"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                ("email", models.EmailField(blank=True, max_length=254, null=True, verbose_name="e-mail address")),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(django.db.models.functions.text.Lower("email"), name="user_email_once")
                ],
            },
            managers=[
                ("objects", accounts.models.PeopleManager()),
            ],
        ),
        migrations.CreateModel(
            name="LoginSession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("session_key", models.TextField(unique=True)),
                ("started_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("address", models.TextField(default="", help_text="where it was begun from")),
                ("browser", models.TextField(default="", help_text="as it calls itself")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="login_sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AccessKey",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("prefix", models.TextField(unique=True)),
                ("digest", models.BinaryField(max_length=32)),
                (
                    "role",
                    models.TextField(
                        choices=[
                            ("provider", "Provider"),
                            ("analyzer", "Analyzer"),
                            ("admin", "Admin"),
                            ("agent", "Agent"),
                        ]
                    ),
                ),
                ("source", models.TextField(help_text="the only source it sees and writes; null: any", null=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("last_used_at", models.DateTimeField(null=True)),
                (
                    "sources",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(),
                        default=list,
                        help_text="the only ones, in place of `source`",
                        size=None,
                    ),
                ),
                (
                    "tags",
                    models.TextField(default="", help_text="an expression: all that it reads and writes carries it"),
                ),
                (
                    "verbs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(),
                        default=list,
                        help_text="all that it may do; empty: what its role may",
                        size=None,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="keys",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "stage",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="keys", to="accounts.stage"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("source", None), models.Q(("source", ""), _negated=True), _connector="OR"),
                        name="access_key_source_not_blank",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source", None), models.Q(("role", "admin"), _negated=True), _connector="OR"
                        ),
                        name="access_key_admin_is_unbound",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("stage", None), ("role", "analyzer"), _connector="OR"),
                        name="access_key_stage_of_analyzers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sources", []), ("source", None), _connector="OR"),
                        name="access_key_one_source_or_several",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sources", []), ("tags", ""), ("verbs", [])),
                            ("role__in", ["provider", "analyzer"]),
                            _connector="OR",
                        ),
                        name="access_key_narrowed_of_roles",
                    ),
                ],
            },
        ),
    ]
