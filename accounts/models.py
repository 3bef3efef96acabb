"""Who signs in, who may ask, how much, and who did what."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.limits import Rerank
from accounts.querysets import AccessKeyQuerySet, AuditQuerySet

EMAIL_ONCE = "user_email_once"


class PeopleManager(UserManager["User"]):
    @classmethod
    def normalize_email(cls, email: str | None) -> str | None:  # type: ignore[override] # no address is null, not ""
        """In lower case, since mail servers tell no difference; None for no address, so that many may have none."""
        return (email or "").strip().lower() or None


class User(AbstractUser):
    """Somebody who signs in to the pages. An e-mail address belongs to one user, however its letters are written."""

    email = models.EmailField("e-mail address", null=True, blank=True)  # type: ignore[assignment] # null: not known

    objects: ClassVar[PeopleManager] = PeopleManager()

    class Meta(AbstractUser.Meta):
        constraints = [models.UniqueConstraint(Lower("email"), name=EMAIL_ONCE)]


class Stage(models.Model):
    """A step of the analyzers' work with retrieval limits, which cap what the keys bound to it may ask."""

    name = models.TextField(unique=True)
    max_top_k = models.PositiveIntegerField(default=1_000)
    min_score_floor = models.FloatField(default=0.0)
    rerank = models.TextField(
        default=Rerank.ASKED.value, db_default=Rerank.ASKED.value, choices=[(each.value, each.value) for each in Rerank]
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(rerank__in=[each.value for each in Rerank]), name="stage_rerank"),
            models.CheckConstraint(condition=Q(max_top_k__range=(1, 1_000)), name="stage_max_top_k"),
            models.CheckConstraint(condition=Q(min_score_floor__range=(0, 1)), name="stage_min_score_floor"),
        ]

    def __str__(self) -> str:
        return self.name


class AccessKey(models.Model):
    """A credential of a provider, an analyzer or an admin program. Only a digest is kept; the prefix names it.

    An agent's key opens a memory and nothing of the store. It is made there, where its region is kept, too.
    With an `owner` it is usable while they may sign in, an admin's while they are an admin.
    """

    class Role(models.TextChoices):
        PROVIDER = "provider"
        ANALYZER = "analyzer"
        ADMIN = "admin"
        AGENT = "agent"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.TextField()
    prefix = models.TextField(unique=True)
    digest = models.BinaryField(max_length=32)
    role = models.TextField(choices=Role.choices)
    source = models.TextField(null=True, help_text="the only source it sees and writes; null: any")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, null=True, related_name="keys")
    sources = ArrayField(models.TextField(), default=list, help_text="the only ones, in place of `source`")
    tags = models.TextField(default="", help_text="an expression: all that it reads and writes carries it")
    verbs = ArrayField(models.TextField(), default=list, help_text="all that it may do; empty: what its role may")
    owner = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="keys")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    objects = AccessKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(source=None) | ~Q(source=""), name="access_key_source_not_blank"),
            models.CheckConstraint(condition=Q(source=None) | ~Q(role="admin"), name="access_key_admin_is_unbound"),
            models.CheckConstraint(condition=Q(stage=None) | Q(role="analyzer"), name="access_key_stage_of_analyzers"),
            models.CheckConstraint(condition=Q(sources=[]) | Q(source=None), name="access_key_one_source_or_several"),
            models.CheckConstraint(
                condition=Q(sources=[], tags="", verbs=[]) | Q(role__in=["provider", "analyzer"]),
                name="access_key_narrowed_of_roles",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def state(self, now: datetime) -> str:
        """usable, expired, revoked, or suspended while its owner may not do what it may."""
        if self.revoked_at:
            return "revoked"
        if self.owner and not (self.owner.is_active and (self.role != "admin" or self.owner.is_superuser)):
            return "suspended"
        return "expired" if self.expires_at and self.expires_at <= now else "usable"


class LoginSession(models.Model):
    """Where a user is signed in, beside Django's session of the same key: since when, from where, used last."""

    session_key = models.TextField(unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="login_sessions")
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    address = models.TextField(default="", help_text="where it was begun from")
    browser = models.TextField(default="", help_text="as it calls itself")

    def __str__(self) -> str:
        return f"{self.user_id} since {self.started_at}"


class AuditEntry(models.Model):
    """One admin action: who did what, from where, and the fields before and after. Never changed."""

    class By(models.TextChoices):
        USER = "user"
        KEY = "key"
        COMMAND = "command"
        LARDER = "larder"

    at = models.DateTimeField()
    by = models.TextField(choices=By.choices)
    actor = models.TextField(help_text="a user's name, a key's name and prefix, or an account of the machine")
    address = models.TextField(default="", help_text='the client\'s address; "" for commands')
    verb = models.TextField(help_text="`provider.update`")
    object = models.TextField(help_text="what it was done to")
    before = models.JSONField(default=dict, help_text="of the fields that changed; secrets are never among the values")
    after = models.JSONField(default=dict)

    objects = AuditQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["object", "-id"], name="audit_object"),
            models.Index(fields=["actor", "-id"], name="audit_actor"),
            models.Index(fields=["verb", "-id"], name="audit_verb"),
            models.Index(fields=["at"], name="audit_at"),
        ]

    def __str__(self) -> str:
        return f"{self.actor}: {self.verb} {self.object}"


class RateLimitState(models.Model):
    """Attempts left to a name or an address, as one instant: when the whole allowance will be there again."""

    name = models.TextField(primary_key=True, help_text="a digest; what people type is not kept")
    full_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["full_at"], name="rate_limit_full_at")]

    def __str__(self) -> str:
        return self.name
