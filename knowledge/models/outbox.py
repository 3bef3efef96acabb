"""What a cluster beside the store has to be told: an outbox, filled by triggers (`knowledge.migrations._outbox`).

See docs/decisions/0223.
"""

from django.db import models
from django.db.models import Q


class ClusterFeed(models.Model):
    """That a cluster is fed; no row, and no trigger notes anything.

    `name` is what its collections' names begin with. `version` is drawn for each batch that is sent, ever larger.
    `lineage` says which tables of which server are fed (`knowledge.search.qdrant.lineage`). `seen_at`: when workers
    last looked at the outbox.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.TextField()
    lineage = models.TextField()
    version = models.BigIntegerField(default=0)
    begun_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="cluster_feed_one")]

    def __str__(self) -> str:
        return f"cluster {self.name}"


class ClusterCollection(models.Model):
    """One model's passages in the cluster. `walked_to`: the row that filling it has reached, null where it is whole."""

    model = models.BigIntegerField(primary_key=True, help_text="the model's row; no foreign key: it may be gone")
    walked_to = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"collection of model {self.model}"


class ClusterChange(models.Model):
    """A passage that is to be looked at again, and sent as it then is; `extent` says how much of it changed."""

    class Extent(models.IntegerChoices):
        """Each with what those before it say."""

        EXPIRY = 1
        LABELS = 2
        VECTOR = 3

    passage = models.BigIntegerField()
    model = models.BigIntegerField()
    extent = models.PositiveSmallIntegerField(choices=Extent.choices)
    noted_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["model"], name="cluster_change_model")]

    def __str__(self) -> str:
        return f"change of passage {self.passage}"
