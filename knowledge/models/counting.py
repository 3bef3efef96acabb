"""What triggers keep: the store's generation, and how much there is.

See docs/decisions/0013 and docs/decisions/0024.
"""

from django.db import models
from django.db.models import F, Q


class GenerationStep(models.Model):
    """A step of the store's generation. Triggers write them, with every change of what searches read."""

    step = models.BigIntegerField()

    def __str__(self) -> str:
        return f"step {self.pk} of the generation"


class Count(models.Model):
    """How many there are of something, kept by triggers (see `knowledge.migrations._triggers`).

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


class StoredCount(Count):
    """What was counted up to the last fold."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "scope", "name"], name="stored_count_one")]
        indexes = [
            models.Index("kind", "scope", F("documents").desc(), F("name"), name="stored_count_most"),
            models.Index(fields=["id"], condition=Q(documents=0), name="stored_count_empty"),
        ]


class CountDelta(Count):
    """What one statement changed, not folded yet."""

    class Meta:
        indexes = [models.Index(fields=["name"], condition=Q(kind="waiting"), name="count_delta_waiting")]
