"""What reading and asking cost, and the answers that are kept for requests sent twice."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F

from core.ids import new_id
from memory.models.contexts import Context


class Trace(models.Model):
    """How one query was answered. Texts are not kept, but for the question."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    context = models.ForeignKey(Context, on_delete=models.CASCADE, related_name="traces", db_index=False)
    scope_set_ids = ArrayField(models.BigIntegerField(), null=True, help_text="what its reader could see; null: all")
    at = models.DateTimeField()
    kind = models.TextField(help_text="query, context, chat or reflect")
    query = models.TextField()
    tier = models.TextField()
    reason = models.TextField(default="")
    latency_ms = models.FloatField()
    retrieved = models.PositiveIntegerField()
    top_scores = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index("context", F("at").desc(), F("id").desc(), name="trace_newest")]

    def __str__(self) -> str:
        return f"trace:{self.id}"


class TokenUse(models.Model):
    """Tokens of one model in one calendar month (UTC), of one context."""

    context = models.ForeignKey(Context, on_delete=models.CASCADE, related_name="token_use")
    month = models.DateField(help_text="its first day")
    model = models.TextField()
    tokens_in = models.BigIntegerField(default=0)
    tokens_out = models.BigIntegerField(default=0)
    calls = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["context", "month", "model"], name="token_use_month")]

    def __str__(self) -> str:
        return f"{self.context_id} {self.month} {self.model}"


class IdempotentRequest(models.Model):
    """A write that came with an `Idempotency-Key`. `status` 0: the first one is still at it, until `lease_until`."""

    context = models.ForeignKey(Context, on_delete=models.CASCADE, related_name="+")
    caller = models.TextField(help_text="the principal, else the access key")
    key = models.TextField()
    digest = models.BinaryField(max_length=32, help_text="SHA-256 of method, path and body")
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.TextField(default="")
    lease_until = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["context", "caller", "key"], name="idempotent_request_key")]
        indexes = [models.Index(fields=["created_at"], name="idempotent_request_age")]

    def __str__(self) -> str:
        return self.key
