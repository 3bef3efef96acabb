"""The stages of a larder.yaml: read and applied by the store, which owns them; compared and written out here."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils import timezone

from accounts.audit import Actor, record
from accounts.models import AccessKey, Stage
from accounts.stages import LIMITS, NAME, StageSpec, apply_stages
from providers.manifest.changes import FieldChange, ManifestChange


def compare_stages(specs: Sequence[StageSpec]) -> list[ManifestChange]:
    """What applying would change: limits, and which analyzers' keys it would bind."""
    known = {stage.name: stage for stage in Stage.objects.filter(name__in=[spec.name for spec in specs])}
    changes = [_compare(spec, known.get(spec.name)) for spec in specs]
    return [change for change in changes if change.fields or change.verb == "create"]


def change_stages(
    specs: Sequence[StageSpec], changes: Sequence[ManifestChange], *, now: datetime, actor: Actor
) -> None:
    """In the caller's transaction."""
    apply_stages(list(specs), now=now)
    for change in changes:
        before = {each.name: each.before for each in change.fields if each.before is not None}
        after = {each.name: each.after for each in change.fields}
        record(actor, f"stage.{change.verb}", change.id, now=now, before=before, after=after)


def export_stages() -> list[dict[str, object]]:
    """As the file declares them; a key whose name is no analyzer's id cannot be named there."""
    return [
        {
            "name": stage.name,
            "retrieval_limits": {name: getattr(stage, name) for name in LIMITS},
            "analyzers": [{"id": name} for name in _analyzers(stage)],
        }
        for stage in Stage.objects.order_by("name")
    ]


def _analyzers(stage: Stage) -> Iterator[str]:
    """An analyzer stands in one stage; one whose keys are spread over several is named in the first."""
    usable = AccessKey.objects.usable(timezone.now())
    taken = set(usable.filter(stage__name__lt=stage.name).values_list("name", flat=True))
    for name in usable.filter(stage=stage).order_by("name").values_list("name", flat=True).distinct():
        if NAME.fullmatch(name) and name not in taken:
            yield name


def _compare(spec: StageSpec, known: Stage | None) -> ManifestChange:
    fields = [
        FieldChange(name=name, before=getattr(known, name) if known else None, after=getattr(spec, name))
        for name in LIMITS
        if known is None or getattr(known, name) != getattr(spec, name)
    ]
    keys = AccessKey.objects.usable(timezone.now()).filter(role=AccessKey.Role.ANALYZER, name__in=spec.analyzers)
    unbound = keys.exclude(stage=known) if known else keys
    if names := sorted(set(unbound.values_list("name", flat=True))):
        fields.append(FieldChange(name="binds", before=None, after=", ".join(names)))
    return ManifestChange(kind="stage", id=spec.name, verb="update" if known else "create", fields=tuple(fields))
