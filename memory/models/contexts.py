"""Whose memory it is: contexts, the scopes within one, and who may read and write where."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from accounts.models import AccessKey
from core.ids import new_id


class Context(models.Model):
    """The border of isolation: nothing of one context is seen in another. Its documents' source is `source`."""

    id = models.TextField(primary_key=True)
    name = models.TextField(default="", blank=True)
    confidence_floor = models.FloatField(default=0.7, help_text="below it a new value does not replace a known one")
    token_limit = models.BigIntegerField(null=True, help_text="tokens a calendar month; null: no limit")
    enforcement_blocked = models.BooleanField(default=False, help_text="no model is asked")
    enforce_limit = models.BooleanField(default=True, help_text="whether a spent limit blocks, or only counts")
    use_models = models.BooleanField(default=True, help_text="off: rules alone read the turns")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(id__regex=r"^[a-z0-9][a-z0-9_-]{0,62}$"), name="context_id"),
            models.CheckConstraint(condition=Q(confidence_floor__range=(0, 1)), name="context_confidence_floor"),
            models.CheckConstraint(condition=Q(token_limit=None) | Q(token_limit__gte=0), name="context_token_limit"),
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def source(self) -> str:
        """Of its documents in the store, and the name of its collection of files."""
        return f"memory.{self.id}"


class ScopeNode(models.Model):
    """A registered path, `org/acme`; "" is the root."""

    context = models.ForeignKey(Context, on_delete=models.CASCADE, related_name="scope_nodes")
    path = models.TextField()
    created_at = models.DateTimeField()
    tombstoned_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["path"]
        constraints = [models.UniqueConstraint(fields=["context", "path"], name="scope_node_path")]

    def __str__(self) -> str:
        return f"{self.context_id}:/{self.path}"


class ScopeSet(models.Model):
    """Where rows belong, once for all rows that belong there: clauses, any of which lets a reader see them.

    `clauses` is a sorted list of sorted lists of paths: `[["org/acme", "team/red"], ["org/beta"]]` reads
    (org/acme AND team/red) OR org/beta; `[[""]]` is the root.
    """

    id = models.BigAutoField(primary_key=True)
    context = models.ForeignKey(Context, on_delete=models.CASCADE, related_name="scope_sets")
    clauses = models.JSONField()
    digest = models.BinaryField(max_length=32, help_text="SHA-256 of the clauses")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["context", "digest"], name="scope_set_digest")]
        indexes = [GinIndex(fields=["clauses"], name="scope_set_clauses", opclasses=["jsonb_path_ops"])]

    def __str__(self) -> str:
        return " OR ".join(" AND ".join(f"/{path}" for path in clause) for clause in self.clauses)

    @property
    def tag(self) -> str:
        """On every document of the store that belongs here."""
        return f"scope:{self.pk}"


class Principal(models.Model):
    """Somebody or something that keys act for."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    context = models.ForeignKey(Context, on_delete=models.CASCADE, related_name="principals")
    name = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["context", "name"], name="principal_name")]

    def __str__(self) -> str:
        return self.name


class MemoryKey(models.Model):
    """An access key's place in one context. With no grants of its own it has those of its principal."""

    access_key = models.OneToOneField(AccessKey, on_delete=models.CASCADE, primary_key=True, related_name="memory")
    context = models.ForeignKey(Context, on_delete=models.CASCADE, related_name="keys")
    principal = models.ForeignKey(Principal, on_delete=models.CASCADE, null=True, related_name="keys")
    name = models.TextField(help_text="of one key of the context at a time")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["context", "name"], name="memory_key_name")]

    def __str__(self) -> str:
        return f"{self.context_id}: {self.name}"


class Grant(models.Model):
    """A verb at a path, of a principal or of one key; `path/*` means all below, too."""

    class Verb(models.TextChoices):
        MEMORY_READ = "memory:read"
        MEMORY_WRITE = "memory:write"
        MEMORY_FORGET = "memory:forget"
        SCOPE_READ = "scope:read"
        SCOPE_CREATE = "scope:create"
        SCOPE_DELETE = "scope:delete"
        GRANT_MANAGE = "grant:manage"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    context = models.ForeignKey(Context, on_delete=models.CASCADE, related_name="grants")
    principal = models.ForeignKey(Principal, on_delete=models.CASCADE, null=True, related_name="grants")
    key = models.ForeignKey(MemoryKey, on_delete=models.CASCADE, null=True, related_name="grants")
    verb = models.TextField(choices=Verb.choices)
    pattern = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(principal=None, key__isnull=False) | Q(principal__isnull=False, key=None),
                name="grant_of_one",
            ),
            models.UniqueConstraint(
                fields=["context", "principal", "key", "verb", "pattern"], name="grant_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.pattern}"
