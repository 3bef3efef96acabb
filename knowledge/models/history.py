"""What became of documents, and at whose instance."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from knowledge.querysets import ChangeQuerySet


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
    before = models.TextField(null=True, help_text="the content that this change replaced, kept for DIFF_DAYS")

    objects = ChangeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index("source", "key", F("id").desc(), name="change_document"),
            models.Index(fields=["run", "id"], name="change_run", condition=Q(run__isnull=False)),
            models.Index(fields=["at"], name="change_at"),
            models.Index(fields=["at"], name="change_renewal", condition=Q(kind="renewed")),
            models.Index(fields=["at"], name="change_before", condition=Q(before__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source}/{self.key}"


class Counted(models.Model):
    """What became of the documents that a run brought, and of those that it made go."""

    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    renewed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    stale = models.PositiveIntegerField(default=0)
    deleted = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    pending = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    @property
    def upserted(self) -> int:
        return self.created + self.updated + self.renewed + self.unchanged + self.stale


class RunCounts(Counted):
    """What arrived in a source while one sync run was active; pushes add their counts here, in their transaction.

    `late` counts the documents that came after it was closed; until `late_until` every push to the source is one of
    those. `tracks`: note which documents come, so that the others can be told apart. `trouble`: why Larder itself could
    not take a push of the attempt that is under way.
    """

    run = models.UUIDField(primary_key=True)
    source = models.TextField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    late = models.PositiveIntegerField(default=0)
    late_until = models.DateTimeField(null=True)
    tracks = models.BooleanField(default=False)
    trouble = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(closed_at=None), name="run_counts_one_open_per_source"
            )
        ]
        indexes = [
            models.Index(
                fields=["source", "late_until"], name="run_counts_late", condition=Q(late_until__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"counts of run {self.run}"


class SeenKeys(models.Model):
    """The documents that a push of a run or a part of a replacement brought, changed or not; kept until its end.

    See docs/decisions/0032.
    """

    run = models.UUIDField(db_index=True, help_text="the run's id, or the replacement's")
    keys = ArrayField(models.TextField())

    def __str__(self) -> str:
        return f"{len(self.keys)} documents of run {self.run}"


class Replacement(models.Model):
    """A source's whole set on its way in, in several pushes; what was decided at its end."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.TextField()
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    deleted = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(finished_at=None), name="replacement_one_open_per_source"
            )
        ]

    def __str__(self) -> str:
        return f"replacement {self.pk} of {self.source}"


class SourcePolicy(models.Model):
    """What share of a source one push or run may delete unasked; without a row it is DELETE_PERCENT."""

    source = models.TextField(primary_key=True)
    delete_percent = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(delete_percent__range=(0, 100)), name="source_policy_percent")
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.delete_percent} %"


class SourceLanguage(models.Model):
    """A language that words of a source may be in. What is no longer needed goes at the end of a walk.

    `is_own`: the one of documents that name none. A blank source means any: what SEARCH_LANGUAGE was until now.
    """

    pk = models.CompositePrimaryKey("source", "language")
    source = models.TextField()
    language = models.TextField()
    is_own = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source"], name="source_language", condition=Q(is_own=True))]

    def __str__(self) -> str:
        return f"{self.source}: {self.language}"


class HeldDeletion(models.Model):
    """Documents that a push or a run would have deleted, too many to do so unasked. A person decides.

    `live` is how many documents the source held. What is decided keeps its numbers, not its list.
    """

    class State(models.TextChoices):
        PENDING = "pending"
        APPROVED = "approved"
        DISCARDED = "discarded"
        SUPERSEDED = "superseded"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.TextField()
    keys = ArrayField(models.TextField())
    count = models.PositiveIntegerField()
    live = models.PositiveIntegerField()
    reason = models.TextField(help_text="why they would go")
    run = models.UUIDField(null=True)
    actor = models.TextField(default="", help_text="who asked for it: a key's name, or the store itself")
    held_at = models.DateTimeField()
    state = models.TextField(choices=State.choices, default=State.PENDING)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.TextField(default="")
    deleted = models.PositiveIntegerField(default=0, help_text="how many went when it was approved")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source"], condition=Q(state="pending"), name="held_one_pending_a_source"),
            models.CheckConstraint(
                condition=Q(state="pending", decided_at=None) | (~Q(state="pending") & Q(decided_at__isnull=False)),
                name="held_decided_has_its_time",
            ),
        ]
        indexes = [
            models.Index(F("held_at").desc(), name="held_newest"),
            models.Index(fields=["run"], name="held_run", condition=Q(run__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.count} of {self.source}, {self.state}"


class ScanWalk(models.Model):
    """How far the stored documents were looked at by one version of the scanner: up to the row `reached`."""

    version = models.PositiveSmallIntegerField(primary_key=True)
    reached = models.BigIntegerField(default=0)
    flagged = models.PositiveBigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"scan {self.version} up to {self.reached}"


class WordsWalk(models.Model):
    """How far stored documents have their words in one form, with the stems of one default language."""

    made_with = models.TextField(primary_key=True)
    reached = models.BigIntegerField(default=0)
    written = models.PositiveBigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"words {self.made_with} up to {self.reached}"
