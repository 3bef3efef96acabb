"""What the store holds. DESIGN: a renewal or a tag edit never touches a passage; a missing vector is the work list."""

import uuid
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from pgvector.django import HalfVectorField

from knowledge.querysets import AccessKeyQuerySet, AuditQuerySet, ChangeQuerySet, DocumentQuerySet, PassageQuerySet


class Document(models.Model):
    """Identity is (source, key); `key` is the id on the wire. A row with `deleted_at` lies in the trash."""

    source = models.TextField()
    key = models.TextField()
    content = models.TextField()
    content_hash = models.BinaryField(max_length=32, help_text="SHA-256 of the content")
    facts_hash = models.BinaryField(max_length=32, help_text="SHA-256 of tags and metadata")
    tags = ArrayField(models.TextField(), default=list)
    metadata = models.JSONField(default=dict)
    updated_at = models.DateTimeField(null=True, help_text="the provider's own stamp")
    expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    stored_at = models.DateTimeField(help_text="the last push that changed anything here")
    deleted_at = models.DateTimeField(null=True)
    deleted_reason = models.TextField(default="")

    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="document_source_key")]
        indexes = [
            GinIndex(fields=["tags"], name="document_tags"),
            models.Index(
                fields=["source", "expires_at"],
                name="document_source_expiry",
                condition=Q(expires_at__isnull=False, deleted_at=None),
            ),
            models.Index(fields=["deleted_at"], name="document_trash", condition=Q(deleted_at__isnull=False)),
            models.Index(F("stored_at").desc(), F("id").desc(), name="document_newest", condition=Q(deleted_at=None)),
            models.Index(
                "source",
                F("stored_at").desc(),
                F("id").desc(),
                name="document_source_newest",
                condition=Q(deleted_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}/{self.key}"


class EmbeddingModel(models.Model):
    """One vector space, named with its backend (`local:all-MiniLM-L6-v2`).

    Pushes write passages for the active and every building model. What was stored before is planned by a walk over the
    documents' rows: `planned_to` is the row that it has reached, null where it is at its end.
    """

    class State(models.TextChoices):
        BUILDING = "building"
        ACTIVE = "active"
        RETIRED = "retired"
        DROPPING = "dropping"

    name = models.TextField(unique=True)
    dimensions = models.PositiveIntegerField()
    state = models.TextField(choices=State.choices)
    created_at = models.DateTimeField()
    planned_to = models.BigIntegerField(null=True)
    passage_chars = models.PositiveIntegerField(null=True, help_text="its own window; null: PASSAGE_CHARS")
    passage_overlap = models.PositiveIntegerField(null=True, help_text="null: PASSAGE_OVERLAP")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="active"), name="embedding_model_one_active"),
            models.CheckConstraint(condition=Q(dimensions__range=(1, 4000)), name="embedding_model_dimensions"),
            models.CheckConstraint(
                condition=Q(passage_chars=None, passage_overlap=None) | Q(passage_overlap__lt=F("passage_chars")),
                name="embedding_model_window",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Passage(models.Model):
    """A span of a document, embedded on its own; its text is `content[start:end]`. No vector means: waiting."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="passages", db_index=False)
    model = models.ForeignKey(EmbeddingModel, on_delete=models.CASCADE, related_name="passages", db_index=False)
    ordinal = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    text_hash = models.BinaryField(max_length=32, help_text="SHA-256 of the passage's text")
    vector = HalfVectorField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True, help_text="waits until then; null: at once")
    error = models.TextField(default="")

    objects = PassageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "model", "ordinal"], name="passage_document_model_ordinal"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="passage_not_empty"),
        ]
        indexes = [
            models.Index(fields=["model", "text_hash"], name="passage_text", condition=Q(vector__isnull=False)),
            models.Index(fields=["model", "id"], name="passage_waiting", condition=Q(vector__isnull=True)),
            models.Index(fields=["id"], name="passage_quarantine", condition=~Q(error="")),
        ]

    def __str__(self) -> str:
        return f"passage {self.ordinal} of document {self.document_id}"


class Wording(models.Model):
    """The words of a passage, for keyword search: stems, each with as many positions as it occurs."""

    pk = models.CompositePrimaryKey("document_id", "ordinal")
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="wordings", db_index=False)
    ordinal = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    lexemes = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["lexemes"], name="wording_lexemes")]

    def __str__(self) -> str:
        return f"words of passage {self.ordinal} of document {self.document_id}"


class Advance(models.Model):
    """A step of the store's generation. Triggers write them, with every change of what searches read."""

    step = models.BigIntegerField()

    def __str__(self) -> str:
        return f"advance {self.pk}"


class Count(models.Model):
    """How many there are of something, kept by triggers (see the migration `tallies`).

    Kinds: `document` and `trash` of a source, with their characters; `tag` of a source or, under "", of all; `passage`
    and `waiting` (without vector) of a source under the model that `name` holds the row of.
    """

    kind = models.TextField()
    scope = models.TextField()
    name = models.TextField()
    documents = models.BigIntegerField()
    chars = models.BigIntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.documents} of {self.kind} {self.scope} {self.name}"


class Tally(Count):
    """What was counted up to the last fold."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "scope", "name"], name="tally_one")]
        indexes = [
            models.Index("kind", "scope", F("documents").desc(), F("name"), name="tally_most"),
            models.Index(fields=["id"], condition=Q(documents=0), name="tally_empty"),
        ]


class TallyStep(Count):
    """What one statement changed, not folded yet."""


class Change(models.Model):
    """One document created, updated, renewed, deleted or restored, and by which sync run, if any."""

    class Kind(models.TextChoices):
        CREATED = "created"
        UPDATED = "updated"
        RENEWED = "renewed"
        DELETED = "deleted"
        RESTORED = "restored"

    source = models.TextField()
    key = models.TextField()
    kind = models.TextField(choices=Kind.choices)
    at = models.DateTimeField()
    run = models.UUIDField(null=True, help_text="a sync run's id; no foreign key upward")
    actor = models.TextField(default="", help_text="who: a key's name, a user, or the store itself")

    objects = ChangeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index("source", "key", F("id").desc(), name="change_document"),
            models.Index(fields=["run", "id"], name="change_run", condition=Q(run__isnull=False)),
            models.Index(fields=["at"], name="change_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source}/{self.key}"


class Intake(models.Model):
    """What arrived in a source while one sync run was active; pushes add their counts here, in their transaction."""

    run = models.UUIDField(primary_key=True)
    source = models.TextField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    renewed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    deleted = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    pending = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source"], condition=Q(closed_at=None), name="intake_one_open_per_source")
        ]

    def __str__(self) -> str:
        return f"intake of run {self.run}"


class Stage(models.Model):
    """A step of the analyzers' work with retrieval limits, which cap what the keys bound to it may ask."""

    name = models.TextField(unique=True)
    max_top_k = models.PositiveIntegerField(default=1_000)
    min_score_floor = models.FloatField(default=0.0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(max_top_k__range=(1, 1_000)), name="stage_max_top_k"),
            models.CheckConstraint(condition=Q(min_score_floor__range=(0, 1)), name="stage_min_score_floor"),
        ]

    def __str__(self) -> str:
        return self.name


class AccessKey(models.Model):
    """A credential of a provider, an analyzer or an admin program. Only a digest is kept; the prefix names it."""

    class Role(models.TextChoices):
        PROVIDER = "provider"
        ANALYZER = "analyzer"
        ADMIN = "admin"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.TextField()
    prefix = models.TextField(unique=True)
    digest = models.BinaryField(max_length=32)
    role = models.TextField(choices=Role.choices)
    source = models.TextField(null=True, help_text="the only source it sees and writes; null: any")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, null=True, related_name="keys")
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
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def state(self, now: datetime) -> str:
        """usable, expired or revoked."""
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at and self.expires_at <= now else "usable"


class AuditEntry(models.Model):
    """One thing that somebody steered: who, what, from where, and what it was before and after. Never changed."""

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
