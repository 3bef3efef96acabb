"""Documents, their passages and what makes them findable."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, HashIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from pgvector.django import HalfVectorField

from knowledge.models.transactions import CurrentTransaction, TransactionField
from knowledge.querysets import EXPIRES, KEY_WORDS, UPDATED, DocumentQuerySet, PassageQuerySet


class Document(models.Model):
    """Identity is (source, key); `key` is the id on the wire. A row with `deleted_at` lies in the trash."""

    source = models.TextField()
    key = models.TextField()
    content = models.TextField()
    content_hash = models.BinaryField(max_length=32, help_text="SHA-256 of the content")
    facts_hash = models.BinaryField(max_length=32, help_text="SHA-256 of tags and metadata")
    tags = ArrayField(models.TextField(), default=list)
    metadata = models.JSONField(default=dict)
    language = models.TextField(
        db_default="", help_text="whose words it has; empty: as its source says, or the settings"
    )
    vectors_hash = models.BinaryField(
        max_length=32, null=True, help_text="SHA-256 of the vectors that it brought; null: it brought none"
    )
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
            GinIndex(fields=["metadata"], name="document_metadata", opclasses=["jsonb_path_ops"]),
            models.Index(
                F("deleted_at").desc(),
                F("id").desc(),
                name="document_trash_newest",
                condition=Q(deleted_at__isnull=False),
            ),
            models.Index(F("stored_at").desc(), F("id").desc(), name="document_newest", condition=Q(deleted_at=None)),
            models.Index(
                "source",
                F("stored_at").desc(),
                F("id").desc(),
                name="document_source_newest",
                condition=Q(deleted_at=None),
            ),
            models.Index(UPDATED.desc(), F("id").desc(), name="document_updated", condition=Q(deleted_at=None)),
            models.Index(EXPIRES, "id", name="document_expires", condition=Q(deleted_at=None)),
            models.Index("source", EXPIRES, "id", name="document_source_expires", condition=Q(deleted_at=None)),
            GinIndex(KEY_WORDS, name="document_key_words"),
            HashIndex(fields=["key"], name="document_key"),
            models.Index(fields=["source", "language"], name="document_language", condition=~Q(language="")),
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
            models.CheckConstraint(condition=Q(dimensions__range=(1, 16000)), name="embedding_model_dimensions"),
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
    written_by = TransactionField(
        null=True,
        db_default=CurrentTransaction(),
        help_text="who wrote the vector, or the document's tags; null: before rows told",
    )

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
            models.Index(
                fields=["model", "written_by"],
                name="passage_written",
                condition=Q(vector__isnull=False, written_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"passage {self.ordinal} of document {self.document_id}"


class FullTextRow(models.Model):
    """The words of a passage, for keyword search: stems and identifiers with their positions (`knowledge.words`)."""

    pk = models.CompositePrimaryKey("document_id", "ordinal")
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="fulltext_rows", db_index=False)
    ordinal = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    form = models.PositiveSmallIntegerField(db_default=1, help_text="`knowledge.words.FORM` of when they were written")
    language = models.TextField(db_default="", help_text="whose stems they are; empty: written before rows told")
    lexemes = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["lexemes"], name="fulltext_lexemes")]

    def __str__(self) -> str:
        return f"words of passage {self.ordinal} of document {self.document_id}"
