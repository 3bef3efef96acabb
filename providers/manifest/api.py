"""`/api/v1/manifest`: the declarative form over HTTP. The body is the file itself, YAML in UTF-8."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel

from accounts import access
from accounts.audit import actor_of
from core.clock import database_now
from core.schema.bodies import answers_text, takes_text
from providers.errors import Fault, ManifestInvalid
from providers.manifest.changes import ManifestChange
from providers.manifest.export import export_manifest
from providers.manifest.plan import ManifestPlan, apply_manifest, plan_manifest
from providers.manifest.read import read_manifest

router = Router(tags=["manifest"], auth=access.admins)

YAML = "application/yaml"
EXAMPLE = """plugins:
  context_providers:
    employee-dir: {url: "http://employee-dir.example:8100", sync_schedule: "@daily"}
"""


class FieldChangeOut(BaseModel):
    """`before` is null for what is new; a secret's values are both null."""

    name: str
    before: Any
    after: Any


class ManifestChangeOut(BaseModel):
    """`kind` is provider or stage; `verb` create, update or disable."""

    kind: str
    id: str
    verb: str
    fields: list[FieldChangeOut]


class PlanOut(BaseModel):
    """`unchanged` counts what is as declared; `ignored` names sections that belong to other programs."""

    applied: bool
    changes: list[ManifestChangeOut]
    unchanged: int
    ignored: list[str]


@router.get(
    "/manifest",
    summary="What is registered as a larder.yaml, without secrets",
    openapi_extra=answers_text(YAML),
)
def export(request: HttpRequest) -> HttpResponse:
    return HttpResponse(export_manifest(), content_type="application/yaml; charset=utf-8")


@router.post(
    "/manifest",
    response=PlanOut,
    summary="Apply a larder.yaml, all of it or nothing",
    openapi_extra=takes_text(YAML, example=EXAMPLE),
)
def apply(request: HttpRequest, dry_run: bool = False, prune: bool = False) -> PlanOut:
    """`dry_run`: only say what would change. `prune`: disable what is not declared. A bad file: 422 with `errors`."""
    manifest = read_manifest(_text(request.body))
    if dry_run:
        return _out(plan_manifest(manifest, environment=None, prune=prune), applied=False)
    return _out(
        apply_manifest(manifest, environment=None, now=database_now(), prune=prune, actor=actor_of(request)),
        applied=True,
    )


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise ManifestInvalid([Fault(line=line, reason="This is no UTF-8.")]) from error


def _out(plan: ManifestPlan, *, applied: bool) -> PlanOut:
    changes = [_change(each) for each in plan.changes]
    return PlanOut(applied=applied, changes=changes, unchanged=plan.unchanged, ignored=plan.ignored)


def _change(change: ManifestChange) -> ManifestChangeOut:
    fields = [FieldChangeOut(**vars(field)) for field in change.fields]
    return ManifestChangeOut(kind=change.kind, id=change.id, verb=change.verb, fields=fields)
