"""Which keys of the metadata have indexes for ranges."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class FilterKey(models.Model):
    """A key by the names that lead to it, below `metadata`. Whether its indexes are there, PostgreSQL knows."""

    path = ArrayField(models.TextField(), unique=True)
    declared_at = models.DateTimeField()

    def __str__(self) -> str:
        return ".".join(("metadata", *self.path))
