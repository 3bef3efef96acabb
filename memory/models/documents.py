"""The files of a context. Their bytes, states and chunks are those of `ingestion`."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from ingestion.models import File
from memory.models.contexts import Context, ScopeSet


class ContextFile(models.Model):
    """What a memory knows of a file beside what ingestion does.

    `scope_set` is the union of those that it was uploaded to; its tag stands on the file, and so on its passages.

    `nodes_hash` is the `indexed_hash` of the version that a model has read facts from; `nodes_through` chunks of the
    version at hand are read.
    """

    file = models.OneToOneField(File, on_delete=models.CASCADE, primary_key=True, related_name="in_context")
    context = models.ForeignKey(Context, on_delete=models.CASCADE, related_name="documents")
    scope_set = models.ForeignKey(ScopeSet, on_delete=models.CASCADE)
    version = models.PositiveIntegerField(default=1)
    source = models.TextField(default="", help_text="where it is from, as its uploader says")
    profile = models.TextField(default="", help_text="the published name of a way to read it; noted only")
    labels = ArrayField(models.TextField(), default=list)
    observed_at = models.DateTimeField(null=True, help_text="since when what it says is known")
    nodes_hash = models.BinaryField(max_length=32, null=True)
    nodes_through = models.PositiveIntegerField(default=0)
    nodes_attempts = models.PositiveSmallIntegerField(default=0)
    nodes_not_before = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.wire_id

    @property
    def wire_id(self) -> str:
        return f"document:{self.file_id.hex}"
