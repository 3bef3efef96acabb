"""What a file would change, field by field, and changing it: the same plan, in one transaction.

A declared provider is what the file says: a field that it does not name has its default. Only its secret stays unless
the file gives one. Providers that the file does not declare are left alone, or, with `prune`, disabled.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.audit import LARDER, Actor
from core.errors import LarderError
from providers.errors import CallRefused, Fault, ManifestInvalid
from providers.manifest.changes import FieldChange, ManifestChange
from providers.manifest.read import Manifest, ProviderSpec
from providers.manifest.stages import change_stages, compare_stages
from providers.models import Provider
from providers.registry import create_provider, draft_provider, update_provider
from providers.secrets import decrypt_secret

Environment = Callable[[str], str]
"""A variable's text, "" where it is not set."""


@dataclass(frozen=True, kw_only=True)
class ManifestPlan:
    """`unchanged` counts what is as declared; `ignored` names other readers' sections."""

    changes: list[ManifestChange]
    unchanged: int
    ignored: list[str]


@transaction.atomic
def plan_manifest(manifest: Manifest, *, environment: Environment | None, prune: bool = False) -> ManifestPlan:
    """What applying would change now; holds the rows until the transaction ends.

    Raises ManifestInvalid with every value that cannot be saved. Without an environment `secret_env` is such a value.
    """
    specs = manifest.providers or []
    ids = [spec.id for spec in specs if "\0" not in spec.id]
    known = {each.pk: each for each in Provider.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    faults: list[Fault] = []
    changes = [_compare(spec, known.get(spec.id), environment, faults) for spec in specs]
    if faults:
        raise ManifestInvalid(faults)
    unchanged = sum(not change.fields for change in changes)
    wanted = [change for change in changes if change.fields]
    if prune and manifest.providers is not None:
        undeclared = Provider.objects.enabled().exclude(pk__in=ids).order_by("pk")
        wanted += [_disable(provider_id) for provider_id in undeclared.values_list("pk", flat=True)]
    stages = compare_stages(manifest.stages)
    unchanged += len(manifest.stages) - len(stages)
    return ManifestPlan(changes=wanted + stages, unchanged=unchanged, ignored=manifest.ignored)


@transaction.atomic
def apply_manifest(
    manifest: Manifest, *, environment: Environment | None, now: datetime, prune: bool = False, actor: Actor = LARDER
) -> ManifestPlan:
    """Change what differs, all of it or nothing. Returns what was changed; applied again, that is nothing."""
    plan = plan_manifest(manifest, environment=environment, prune=prune)
    stages = [change for change in plan.changes if change.kind == "stage"]
    change_stages(manifest.stages, stages, now=now, actor=actor)
    for change in plan.changes:
        if change.kind == "stage":
            continue
        if change.verb == "create":
            create_provider(change.id, now=now, actor=actor, **change.given)
        else:
            update_provider(change.id, now=now, actor=actor, **change.given)
    return plan


def _compare(
    spec: ProviderSpec, known: Provider | None, environment: Environment | None, faults: list[Fault]
) -> ManifestChange:
    """The declared provider beside the registered one; values as the registry would keep them."""
    draft = _draft(spec, known, faults)
    names = [name for name in spec.fields if known is None or getattr(draft, name) != getattr(known, name)]
    changes = [
        FieldChange(name=name, before=getattr(known, name) if known else None, after=getattr(draft, name))
        for name in names
    ]
    given = {name: spec.fields[name] for name in names}
    secret = _secret(spec, environment, faults)
    if secret is not None and secret != _kept_secret(known):
        changes.append(FieldChange(name="secret", before=None, after=None))
        given["secret"] = secret
    return ManifestChange(
        kind="provider", id=spec.id, verb="update" if known else "create", fields=tuple(changes), given=given
    )


def _draft(spec: ProviderSpec, known: Provider | None, faults: list[Fault]) -> Provider:
    """The row as it would be saved, with every field that cannot be noted by its line."""
    draft = known
    for fields in ({}, *({name: value} for name, value in spec.fields.items())):
        try:
            draft = draft_provider(spec.id, onto=draft, **fields)
        except LarderError as error:
            line = spec.line_of(next(iter(fields), ""))
            faults.append(Fault(line=line, reason=f"{spec.id[:64]}: {error.detail}"))
            if not fields:
                break
    return draft or Provider(id=spec.id)


def _secret(spec: ProviderSpec, environment: Environment | None, faults: list[Fault]) -> str | None:
    """The declared secret; None where the file leaves it alone."""
    secret, line = spec.secret, spec.line_of("secret")
    if spec.secret_env is not None:
        secret, line = environment(spec.secret_env) if environment else "", spec.line_of("secret_env")
        if not secret:
            why = f"the variable {spec.secret_env[:64]!r} is not set or blank"
            reason = why if environment else "`secret_env` is read by `manage.py apply` only"
            faults.append(Fault(line=line, reason=f"{spec.id[:64]}: {reason}."))
            return None
    if secret is not None:
        try:
            draft_provider("x", onto=Provider(id="x"), secret=secret)
        except LarderError as error:
            faults.append(Fault(line=line, reason=f"{spec.id[:64]}: {error.detail}"))
    return secret


def _kept_secret(known: Provider | None) -> str | None:
    """None where it cannot be read: whatever is declared replaces it."""
    try:
        return decrypt_secret(known.secret_encrypted) if known else ""
    except CallRefused:
        return None


def _disable(provider_id: str) -> ManifestChange:
    return ManifestChange(
        kind="provider",
        id=provider_id,
        verb="disable",
        fields=(FieldChange(name="enabled", before=True, after=False),),
        given={"enabled": False},
    )
