"""What was said, as it was said, whatever became of it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from core.ids import new_id
from memory.models.contexts import Context, Principal, ScopeSet


class Session(models.Model):
    """A conversation. On the wire `sess:<id>`, or the name that a client gave it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    context = models.ForeignKey(Context, on_delete=models.CASCADE, related_name="sessions", db_index=False)
    name = models.TextField(help_text="as clients name it; `sess:<id>` where none did")
    scope_set = models.ForeignKey(ScopeSet, on_delete=models.CASCADE)
    principal = models.ForeignKey(Principal, on_delete=models.SET_NULL, null=True)
    metadata = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["context", "name"], name="session_name"),
        ]
        indexes = [models.Index("context", F("created_at").desc(), F("id").desc(), name="session_newest")]

    def __str__(self) -> str:
        return self.name


class TurnState(models.TextChoices):
    """What reading it came to. `unread`: a clause was not understood, and a model may yet; `colour` as elsewhere."""

    READ = "read", "Read"
    UNREAD = "unread", "Not all read"
    FAILED = "failed", "Failed"
    SKIPPED = "skipped", "Not read"

    @property
    def colour(self) -> str:
        return {"read": "ok", "unread": "warn", "failed": "bad", "skipped": "idle"}[self.value]


class Turn(models.Model):
    """One message of a session, numbered from 0. `spoken_at` is the anchor of its relative times."""

    class Role(models.TextChoices):
        USER = "user"
        ASSISTANT = "assistant"
        SYSTEM = "system"
        TOOL = "tool"

    class Stage(models.TextChoices):
        """The last one that read it."""

        NONE = "none"
        RULES = "rules"
        FAST = "fast"
        STRONG = "strong"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    context = models.ForeignKey(Context, on_delete=models.CASCADE, related_name="turns", db_index=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="turns", db_index=False)
    scope_set = models.ForeignKey(ScopeSet, on_delete=models.CASCADE)
    seq = models.PositiveIntegerField()
    role = models.TextField(choices=Role.choices, default=Role.USER)
    content = models.TextField()
    spoken_at = models.DateTimeField()
    stored_at = models.DateTimeField()
    labels = ArrayField(models.TextField(), default=list)
    infer = models.TextField(default="full", help_text="full, triples or none: how the caller asked for it to be read")
    stage = models.TextField(choices=Stage.choices, default=Stage.NONE)
    state = models.TextField(choices=TurnState.choices, default=TurnState.SKIPPED)
    unread_clauses = ArrayField(models.TextField(), default=list)
    error = models.TextField(default="")
    flags = ArrayField(models.TextField(), default=list, help_text="what the scanner noticed")
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True, help_text="when a worker tries again to read it; null: not at all")
    extraction = models.JSONField(default=dict, help_text="the answer's `extraction`, as it was told")
    tokens_in = models.PositiveIntegerField(default=0)
    tokens_out = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "seq"], name="turn_session_seq"),
            models.CheckConstraint(condition=Q(state__in=TurnState.values), name="turn_state"),
        ]
        indexes = [
            models.Index("context", F("stored_at").desc(), F("id").desc(), name="turn_newest"),
            models.Index(fields=["not_before"], name="turn_retries", condition=Q(not_before__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"turn:{self.id}"
