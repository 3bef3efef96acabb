"""What people and programs upload: a text, a URL or a file, and its way to becoming documents of the store.

The row is the truth and the queue only wakes workers: a file's state says which stage comes next, and a killed worker
loses at most the stage it was in. Its bytes are kept by content (`Blob`) until it is done, then its text.
"""

import uuid
from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from ingestion.querysets import WORK, FileQuerySet

DEFAULT_COLLECTION = "documents"


class Splitter(models.TextChoices):
    WINDOWS = "windows", "windows of a fixed number of characters"
    STRUCTURE = "structure", "sentences, headings and rows kept whole"


class Collection(models.Model):
    """A source that is filled by hand; its name is the source of the documents that come of its files."""

    name = models.TextField(primary_key=True)
    description = models.TextField(default="", blank=True)
    metadata = models.JSONField(default=dict)
    splitter = models.TextField(choices=Splitter.choices, default=Splitter.WINDOWS)
    keep_bytes = models.BooleanField(default=False, help_text="of what is done, until it is deleted")
    days_to_live = models.PositiveIntegerField(null=True, help_text="of what is uploaded from now on; null: for good")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(splitter__in=Splitter.values), name="collection_splitter"),
            models.CheckConstraint(
                condition=Q(days_to_live=None) | Q(days_to_live__gt=0), name="collection_days_to_live"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def expiry_from(self, now: datetime) -> datetime | None:
        """When what is stored now expires; None: never."""
        return now + timedelta(days=self.days_to_live) if self.days_to_live else None


class Job(models.Model):
    """Files that were uploaded together; how far they are is read off the files."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="jobs")
    submitted_at = models.DateTimeField()
    file_ids = ArrayField(models.UUIDField(), default=list, help_text="files in order, also those known before")
    file_names = ArrayField(models.TextField(), default=list, help_text="of each, as it was uploaded")
    metadata = models.JSONField(default=dict)

    def __str__(self) -> str:
        return str(self.id)


class Blob(models.Model):
    """Bytes as they came, once however often they came; forgotten when no file needs them or keeps them."""

    sha256 = models.BinaryField(primary_key=True, max_length=32)
    data = models.BinaryField()

    def __str__(self) -> str:
        return bytes(self.sha256).hex()


class FileState(models.TextChoices):
    """In the order of the way; `colour` is one of ok, run, warn, bad, idle."""

    QUEUED = "queued", "Queued"
    EXTRACTING = "extracting", "Extracting"
    CHUNKING = "chunking", "Chunking"
    EMBEDDING = "embedding", "Embedding"
    INDEXING = "indexing", "Indexing"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    DELETED = "deleted", "Deleted"

    @property
    def colour(self) -> str:
        return {"queued": "idle", "done": "ok", "failed": "bad", "deleted": "idle"}.get(self.value, "run")

    @property
    def icon(self) -> str:
        return {"queued": "…", "done": "✓", "failed": "✕", "deleted": "–"}.get(self.value, "↻")


class SourceType(models.TextChoices):
    TEXT = "text"
    URL = "url"
    FILE = "file"


class File(models.Model):
    """`text` and `parts` are what extraction made of the body; `chunks` are spans of that text.

    `parts`: `[start, end, page, section, form, hidden, attachment]` in order, page null where unknown, form `text`,
    `table` or `recognised`, attachment 0 but for what a mail bears.
    `attempts` counts the times that a worker took the file up; `lease_until` is null while nobody has it. What one
    worker took up together shares its `lease_id`.
    A URL that is done stays as it was until its new version is done: all that is shown of it is what is stored. It
    stays done when it cannot be fetched again; `error` then says why it is older than planned.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="files")
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="files")
    source_type = models.TextField(choices=SourceType.choices)
    state = models.TextField(choices=FileState.choices, default=FileState.QUEUED)
    title = models.TextField(default="")
    title_given = models.BooleanField(default=False, help_text="and not found in what was read")
    file_name = models.TextField(default="")
    other_names = ArrayField(models.TextField(), default=list, help_text="under which the same file came again")
    url = models.TextField(default="", help_text="where it stands; only that of a URL is ever called")
    agent_id = models.TextField(default="", help_text="whose it is; with the project a scope of its own")
    project = models.TextField(default="")
    content_type = models.TextField(default="")
    content_hash = models.BinaryField(max_length=32, null=True, help_text="SHA-256 of the body; null: not fetched yet")
    indexed_hash = models.BinaryField(max_length=32, null=True, help_text="of what its documents were made of")
    etag = models.TextField(default="")
    last_modified = models.TextField(default="")
    fetch_schedule = models.TextField(default="", help_text="five cron fields; empty: fetched once")
    timezone = models.TextField(default="UTC")
    next_fetch_at = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True, help_text="when the address was last found to answer")
    body_bytes = models.BigIntegerField(default=0)
    tags = ArrayField(models.TextField(), default=list, help_text="the scope: on every chunk")
    metadata = models.JSONField(default=dict)
    text = models.TextField(default="")
    parts = models.JSONField(default=list)
    page_count = models.PositiveIntegerField(
        default=0, help_text="of a PDF or picture; 0: it has none, or was not read"
    )
    textless_pages = models.PositiveIntegerField(default=0, help_text="of these, pictures of pages for example")
    recognised_pages = models.PositiveIntegerField(default=0, help_text="of these, read off their pictures (OCR)")
    unread_pages = models.PositiveIntegerField(default=0, help_text="of these, given up by OCR, or beyond its most")
    flags = ArrayField(models.TextField(), default=list, help_text="what the scanner noticed")
    chunk_count = models.PositiveIntegerField(default=0)
    document_count = models.PositiveIntegerField(default=0, help_text="of the store, numbered from 0")
    actor = models.TextField(default="")
    stage_percent = models.PositiveSmallIntegerField(default=0, help_text="how far the lease is in this stage")
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    lease_id = models.UUIDField(null=True)
    error_code = models.TextField(default="")
    error = models.TextField(default="")
    temporary = models.BooleanField(default=False, help_text="of a failure: trying again may help")
    deleted_reason = models.TextField(default="")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, help_text="when a worker first took it up")
    completed_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    trace_context = models.TextField(default="", db_default="", help_text="what work on it is a part of")

    objects = FileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=FileState.values), name="file_state"),
            models.CheckConstraint(condition=Q(source_type__in=SourceType.values), name="file_source_type"),
            models.CheckConstraint(condition=Q(lease_until=None) | Q(state__in=WORK), name="file_lease"),
            models.UniqueConstraint(
                fields=["collection", "url", "agent_id", "project"],
                name="file_one_per_url",
                condition=~Q(url="") & ~Q(state__in=("failed", "deleted")),
            ),
        ]
        indexes = [
            models.Index(fields=["not_before", "created_at"], name="file_work", condition=Q(state__in=WORK)),
            models.Index(F("created_at").desc(), F("id").desc(), name="file_newest"),
            models.Index("collection", F("created_at").desc(), F("id").desc(), name="file_of_collection"),
            models.Index(fields=["state", "created_at"], name="file_by_state"),
            models.Index(fields=["collection", "state"], name="file_states_of_collection"),
            models.Index(fields=["created_at"], name="file_temporary", condition=Q(state="failed", temporary=True)),
            models.Index(fields=["collection", "content_hash"], name="file_by_content"),
            models.Index(fields=["content_hash"], name="file_blobs", condition=Q(state__in=(*WORK, "failed"))),
            models.Index(fields=["expires_at"], name="file_expiry", condition=Q(state="done")),
            models.Index(fields=["next_fetch_at"], name="file_fetches", condition=Q(state="done")),
        ]

    def __str__(self) -> str:
        return f"{self.id} ({self.shown_name})"

    @property
    def shown_name(self) -> str:
        """What people know it by."""
        return self.title or self.file_name or self.url or f"file {self.id}"

    @property
    def indexed_sha256(self) -> bytes | None:
        return None if self.indexed_hash is None else bytes(self.indexed_hash)

    @property
    def fetched_before(self) -> bool:
        """Whether there is a version of it that stays shown and found until the next one is done."""
        return self.source_type == SourceType.URL and self.indexed_hash is not None

    @property
    def wants_fetching(self) -> bool:
        return self.source_type == SourceType.URL and (self.content_hash is None or self.fetched_before)

    @property
    def is_address_alone(self) -> bool:
        """A file that came without a byte, only with where it stands; nothing is opened for that."""
        return self.source_type == SourceType.FILE and not self.body_bytes and bool(self.url)

    def key_of(self, index: int) -> str:
        """The id of the document that a chunk is in the store."""
        return f"{self.id}/{index}"


class Chunk(models.Model):
    """`file.text[start:end]`, a document of the store once the file is done."""

    file = models.ForeignKey(File, on_delete=models.CASCADE, related_name="chunks", db_index=False)
    index = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    page = models.PositiveIntegerField(null=True)
    section = models.TextField(default="")
    form = models.TextField(default="text")
    text_hash = models.BinaryField(max_length=32)
    flags = ArrayField(models.TextField(), default=list)

    class Meta:
        ordering = ["file", "index"]
        constraints = [
            models.UniqueConstraint(fields=["file", "index"], name="chunk_file_index"),
            models.UniqueConstraint(fields=["file", "text_hash"], name="chunk_file_text"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="chunk_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.file_id}/{self.index}"

    @property
    def text(self) -> str:
        return self.file.text[self.start : self.end]
