"""`/principals` of a context and their grants, and `/me`."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Status
from pydantic import Field

from core.fields import Text
from memory.access.authentication import find_principal
from memory.access.caller import MemoryCaller, Verb
from memory.access.grants import check_grants, grants_of, managed_by, told_grants
from memory.access.principals import create_principal, delete_principal, effective_verbs, grant_to, revoke_from
from memory.api.base import Wire, WireTime, caller_of, memory_router
from memory.models import Principal
from memory.scopes.paths import parse_path

router = memory_router("memory principals")


class PrincipalIn(Wire):
    name: Text
    grants: dict[str, Any] = Field(default_factory=dict)


class GrantIn(Wire):
    """`path` is a path or a pattern: `org/acme/*`."""

    path: Text
    verbs: list[str]


class PrincipalOut(Wire):
    """Somebody whom keys speak for."""

    id: str = Field(description="principal:<number>")
    display_name: str = Field(description="its name")
    kind: str = Field(description="principal")
    grants: dict[str, list[str]] = Field(description="paths by verb, as far as the caller manages them")
    created_at: datetime = Field(description="when it was made")


class EffectiveOut(Wire):
    """What a principal may do at a place."""

    path: str = Field(description="as it was asked for")
    verbs: list[str] = Field(description="that it may")
    as_of: datetime | None = Field(description="as it was asked for; the grants are those of now")


class WhoamiOut(Wire):
    """`token_grants` are the key's own, `grants` its principal's, `effective_grants` what is left of all."""

    principal_id: str = Field(description="principal:<number>, or key:<number> where it speaks for none")
    display_name: str = Field(description="the name of the principal, or of the key")
    kind: str = Field(description="admin, principal or key")
    enforce: bool = Field(description="true: grants are kept")
    grants: dict[str, list[str]] = Field(description="of the principal, paths by verb")
    effective_grants: dict[str, list[str]] = Field(description="what is left of all")
    delegated_principal_id: str | None = Field(description="principal:<number> that it acts for")
    token_grants: dict[str, list[str]] | None = Field(description="of the key alone")


@router.get("/me", response=WhoamiOut, summary="Whom the key speaks for, and what it may")
def whoami(request: HttpRequest) -> dict[str, Any]:
    caller = caller_of(request)
    layers = [told_grants(layer) for layer in caller.layers]
    regions = {verb: caller.region(verb).patterns() for verb in Verb.values}
    return {
        "principal_id": _wire_id(caller.principal) if caller.principal else f"key:{caller.key_id}",
        "display_name": caller.principal.name if caller.principal else caller.name,
        "kind": "admin" if caller.is_admin else "principal" if caller.principal else "key",
        "enforce": True,
        "grants": layers[0] if layers and caller.principal else {},
        "effective_grants": told_grants({verb: frozenset(patterns) for verb, patterns in regions.items()}),
        "delegated_principal_id": _wire_id(caller.acts_for) if caller.acts_for else None,
        "token_grants": caller.own_grants and told_grants(caller.own_grants),
    }


@router.get("/principals", response=list[PrincipalOut], summary="Principals of the context, by name")
def list_principals(request: HttpRequest) -> list[dict[str, Any]]:
    caller = _managing(request)
    return [_told(each, caller) for each in caller.context.principals.prefetch_related("grants")]


@router.post("/principals", response={201: PrincipalOut}, summary="Make a principal")
def make_principal(request: HttpRequest, body: PrincipalIn) -> Status[dict[str, Any]]:
    caller = _managing(request)
    grants = check_grants(caller, body.grants)
    made = create_principal(caller.context, body.name, grants=grants, now=timezone.now(), actor=caller.actor)
    return Status(201, _told(made, caller))


@router.get("/principals/{principal_id}", response=PrincipalOut, summary="A principal and its grants")
def get_principal(request: HttpRequest, principal_id: str) -> dict[str, Any]:
    caller = _managing(request)
    return _told(find_principal(caller.context, principal_id), caller)


@router.delete("/principals/{principal_id}", response={204: None}, summary="Delete a principal with its keys")
def remove_principal(request: HttpRequest, principal_id: str) -> Status[None]:
    caller = _managing(request)
    principal = find_principal(caller.context, principal_id)
    check_grants(caller, grants_of(principal.grants.all()))
    delete_principal(principal, now=timezone.now(), actor=caller.actor)
    return Status(204, None)


@router.post("/principals/{principal_id}/grants", response=PrincipalOut, summary="Grant verbs at a path")
def grant_verbs(request: HttpRequest, principal_id: str, body: GrantIn) -> dict[str, Any]:
    caller = _managing(request)
    principal = find_principal(caller.context, principal_id)
    grant_to(caller, principal, body.path, body.verbs, now=timezone.now())
    return _told(principal, caller)


@router.delete("/principals/{principal_id}/grants", response=PrincipalOut, summary="Take verbs at a path away")
def revoke_verbs(request: HttpRequest, principal_id: str, body: GrantIn) -> dict[str, Any]:
    caller = _managing(request)
    principal = find_principal(caller.context, principal_id)
    revoke_from(caller, principal, body.path, body.verbs, now=timezone.now())
    return _told(principal, caller)


@router.get("/principals/{principal_id}/effective", response=EffectiveOut, summary="What a principal may do at a path")
def get_effective_grants(
    request: HttpRequest, principal_id: str, path: str = "", as_of: WireTime | None = None
) -> dict[str, Any]:
    """Grants have no history: `asOf` is answered as it came, and the grants are those of now."""
    caller, place = _managing(request), parse_path(path)
    caller.require(Verb.GRANT_MANAGE, path=place)
    principal = find_principal(caller.context, principal_id)
    return {"path": path, "verbs": effective_verbs(grants_of(principal.grants.all()), place), "as_of": as_of}


def _managing(request: HttpRequest) -> MemoryCaller:
    caller = caller_of(request)
    caller.require(Verb.GRANT_MANAGE)
    return caller


def _wire_id(principal: Principal) -> str:
    return f"principal:{principal.pk}"


def _told(principal: Principal, caller: MemoryCaller) -> dict[str, Any]:
    return {
        "id": _wire_id(principal),
        "display_name": principal.name,
        "kind": "principal",
        "grants": told_grants(managed_by(caller, grants_of(principal.grants.all()))),
        "created_at": principal.created_at,
    }
