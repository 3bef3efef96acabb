"""What is known: entities, and dated facts about them with their proofs.

A foreign key without an index of its own is what another index begins with: what is written costs each of them.
"""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value

from core.ids import new_id
from memory.models.contexts import Context, Principal, ScopeSet
from memory.models.turns import Turn
from memory.querysets import FactQuerySet


class Category(models.TextChoices):
    """The published `memory_category`."""

    IDENTITY = "identity"
    KNOWLEDGE = "knowledge"
    CONTEXT = "context"


class SourceKind(models.TextChoices):
    """Where a fact comes from. `document`, `node` and `triples` are curated: what is said does not replace them."""

    TURN = "turn"
    TOOL = "tool"
    DOCUMENT = "document"
    NODE = "node"
    TRIPLES = "triples"
    REFLECT = "reflect"


CURATED = (SourceKind.DOCUMENT, SourceKind.NODE, SourceKind.TRIPLES)


class Entity(models.Model):
    """Somebody or something that facts are about. `folded` is its name as names are compared.

    `is_self`: the speaker of a scope set. `slug` and `type` identify a node of a catalogue; a `placeholder` is one that
    was only referred to.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    context = models.ForeignKey(Context, on_delete=models.CASCADE, related_name="entities", db_index=False)
    scope_set = models.ForeignKey(ScopeSet, on_delete=models.CASCADE)
    type = models.TextField()
    name = models.TextField()
    folded = models.TextField()
    slug = models.TextField(default="")
    aliases = ArrayField(models.TextField(), default=list, help_text="folded other names")
    category = models.TextField(choices=Category.choices, default=Category.KNOWLEDGE)
    is_self = models.BooleanField(default=False)
    principal = models.ForeignKey(Principal, on_delete=models.SET_NULL, null=True, help_text="of the speaker")
    placeholder = models.BooleanField(default=False)
    content = models.TextField(default="", help_text="of a node: its searchable text")
    content_json = models.JSONField(null=True, help_text="of a node: as it was given")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "entities"
        constraints = [
            models.UniqueConstraint(
                fields=["context", "scope_set", "type", "folded"], name="entity_name", condition=Q(slug="")
            ),
            models.UniqueConstraint(
                fields=["context", "scope_set", "type", "slug"], name="entity_slug", condition=~Q(slug="")
            ),
            models.UniqueConstraint(
                fields=["context", "scope_set", "principal"],
                name="entity_one_self",
                condition=Q(is_self=True),
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(fields=["context", "folded"], name="entity_folded"),
            models.Index(
                "context",
                Func(F("folded"), Value(" "), Value(1), function="split_part"),
                name="entity_given_name",
                condition=Q(type="person"),
            ),
            models.Index("context", F("updated_at").desc(), F("id").desc(), name="entity_newest"),
            models.Index(fields=["context", "type", "slug"], name="entity_nodes", condition=~Q(slug="")),
            GinIndex(fields=["aliases"], name="entity_aliases", condition=~Q(aliases=[])),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.type})"


class FactState(models.TextChoices):
    """`claim`: by another, or against a curated fact. `closed`: it was so until then. `retracted`: it never was."""

    CURRENT = "current", "Current"
    TENTATIVE = "tentative", "Tentative"
    CLAIM = "claim", "Claimed"
    CLOSED = "closed", "Closed"
    SUPERSEDED = "superseded", "Superseded"
    RETRACTED = "retracted", "Retracted"


class Fact(models.Model):
    """An attribute (`value`) or a relation (`target`) of an entity, with two times.

    So in the world: from `valid_from` (null: unknown) until before `ended_at`, else `valid_until` (null: open).
    Believed: from `known_from` until before `known_until` (null: still).
    `single` says that its key holds one value at a time; then one row of it is current in a scope set.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    context = models.ForeignKey(Context, on_delete=models.CASCADE, related_name="facts", db_index=False)
    scope_set = models.ForeignKey(ScopeSet, on_delete=models.CASCADE)
    entity = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="facts", db_index=False)
    key = models.TextField()
    value = models.TextField(default="", help_text="as it was said; of a relation the target's name")
    target = models.ForeignKey(Entity, on_delete=models.CASCADE, null=True, related_name="facts_about", db_index=False)
    value_folded = models.TextField(help_text="as values are compared; of a relation the target's id")
    single = models.BooleanField()
    category = models.TextField(choices=Category.choices)
    confidence = models.FloatField()
    valid_from = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True, help_text="stated with it; exclusive")
    ended_at = models.DateTimeField(null=True, help_text="when, in the world, something later ended it")
    known_from = models.DateTimeField()
    known_until = models.DateTimeField(null=True)
    state = models.TextField(choices=FactState.choices)
    supersedes = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="superseded_by")
    source_kind = models.TextField(choices=SourceKind.choices)
    source_id = models.TextField(default="", help_text="of the turn, document or node")
    said_with = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, related_name="parts", help_text="ends with that one, too"
    )
    span_start = models.PositiveIntegerField(null=True, help_text="where in the turn's text it stands")
    span_end = models.PositiveIntegerField(null=True)
    asserted_by = models.TextField(default="", help_text="who is said to have said it")
    modality = models.TextField(default="stated", help_text="stated, hedged, reported, future")
    proof_count = models.PositiveIntegerField(default=1)
    labels = ArrayField(models.TextField(), default=list)
    said_at = models.DateTimeField(help_text="the spoken or observed time of its first proof")

    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=FactState.values), name="fact_state"),
            models.CheckConstraint(condition=Q(confidence__range=(0, 1)), name="fact_confidence"),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(ended_at=None) | Q(ended_at__gte=F("valid_from")), name="fact_ended"
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="fact_interval",
            ),
            models.CheckConstraint(
                condition=Q(known_until=None) | Q(known_until__gte=F("known_from")), name="fact_known"
            ),
            models.UniqueConstraint(
                fields=["context", "scope_set", "entity", "key"],
                name="fact_one_current",
                condition=Q(state="current", single=True, ended_at=None, valid_until=None),
            ),
            models.UniqueConstraint(
                fields=["context", "scope_set", "entity", "key", "value_folded"],
                name="fact_one_current_value",
                condition=Q(state="current", ended_at=None, valid_until=None),
            ),
        ]
        indexes = [
            models.Index(fields=["entity", "key"], name="fact_chain"),
            models.Index("context", F("known_from").desc(), F("id").desc(), name="fact_newest"),
            models.Index(fields=["context", "source_kind", "source_id"], name="fact_source"),
            models.Index(fields=["target"], name="fact_targets", condition=Q(target__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"fact:{self.id}"

    @property
    def ends_at(self) -> datetime | None:
        """When it is over: as it came, else as it was stated; None: open."""
        return self.ended_at or self.valid_until


class Proof(models.Model):
    """One time that a fact was said or found."""

    context = models.ForeignKey(Context, on_delete=models.CASCADE, related_name="+", db_index=False)
    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="proofs")
    source_kind = models.TextField(choices=SourceKind.choices)
    source_id = models.TextField(default="")
    asserted_by = models.TextField(default="")
    said_at = models.DateTimeField()
    known_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["context", "source_kind", "source_id"], name="proof_source")]

    def __str__(self) -> str:
        return f"{self.fact_id} by {self.source_kind} {self.source_id}"


class Instruction(models.Model):
    """How the agent shall behave; `topic` is what a later one is compared by."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    context = models.ForeignKey(Context, on_delete=models.CASCADE, related_name="instructions")
    scope_set = models.ForeignKey(ScopeSet, on_delete=models.CASCADE)
    label = models.TextField()
    description = models.TextField()
    topic = models.TextField()
    folded = models.TextField(help_text="the description as instructions are compared")
    active = models.BooleanField(default=True)
    turn = models.ForeignKey(Turn, on_delete=models.SET_NULL, null=True, related_name="instructions")
    revoked_by = models.ForeignKey(Turn, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["context", "scope_set", "topic"], name="instruction_topic", condition=Q(active=True)
            )
        ]

    def __str__(self) -> str:
        return self.label


class Uncertainty(models.Model):
    """What could not be decided. `kind`: joke, time, reported, curated, reference, contradiction, unread, or a flag of
    the scanner."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    context = models.ForeignKey(Context, on_delete=models.CASCADE, related_name="uncertainties")
    scope_set = models.ForeignKey(ScopeSet, on_delete=models.CASCADE)
    about = models.TextField()
    kind = models.TextField()
    reason = models.TextField()
    entity = models.ForeignKey(Entity, on_delete=models.CASCADE, null=True, related_name="uncertainties")
    key = models.TextField(default="")
    turn = models.ForeignKey(Turn, on_delete=models.SET_NULL, null=True, related_name="uncertainties")
    facts = models.ManyToManyField(Fact, related_name="uncertainties")
    created_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.TextField(default="", help_text="a turn, a user or a key")

    class Meta:
        verbose_name_plural = "uncertainties"
        indexes = [
            models.Index(
                "context",
                F("created_at").desc(),
                F("id").desc(),
                name="uncertainty_open",
                condition=Q(resolved_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.about}"
