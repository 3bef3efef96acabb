"""Finding out who asks. A key opens one context, an admin's every one; to all others no context exists."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja.security.base import AuthBase

from accounts.access import Unauthorized, credential
from accounts.audit import Actor, client_address
from accounts.keys import authenticate
from accounts.models import AccessKey, AuditEntry
from accounts.throttle import admit
from memory.access.caller import Grants, MemoryCaller, Verb
from memory.access.grants import grants_of
from memory.errors import ContextNotFound, MemoryForbidden, MemoryNotFound
from memory.models import Context, MemoryKey, Principal

ON_BEHALF_OF = ("X-Memory-On-Behalf-Of", "X-Spectron-On-Behalf-Of")
ID_PREFIX = "principal:"


class MemoryAuth(AuthBase):
    """`Authorization: Bearer <key>`, `API-KEY: <key>` or `X-Internal-API-Key: <key>`, for the address' context."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> MemoryCaller | None:
        found: MemoryCaller | None = getattr(request, "memory_caller", None)
        if found is None and memory_credential(request):
            found = _caller(request, now=timezone.now())
            request.memory_caller = found  # type: ignore[attr-defined]
        return found


class AdminAuth(AuthBase):
    """An admin's key, in any of the headers that the memory's clients send it in."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> Actor | None:
        if not memory_credential(request):
            return None
        key = admitted_key(request, now=timezone.now())
        if key.role != AccessKey.Role.ADMIN:
            raise MemoryForbidden(f"This takes an admin's key; {key.name!r} is of the role {key.role}.")
        return _actor(request, key)


def memory_credential(request: HttpRequest) -> str:
    """What is sent as a key, or ""."""
    return credential(request.META) or request.headers.get("API-KEY", "").strip()


def admitted_key(request: HttpRequest, *, now: datetime) -> AccessKey:
    """The key that was sent, counted against its rate. Raises Unauthorized and TooManyRequests."""
    key = authenticate(memory_credential(request), now=now)
    if key is None:
        raise Unauthorized("This access key is unknown, expired or revoked.")
    admit(key.pk)
    return key


def find_principal(context: Context, named: str) -> Principal:
    """By name or id, with or without `principal:` before it. Raises MemoryNotFound."""
    bare = named.strip().removeprefix(ID_PREFIX)
    rows = context.principals.all()
    found = rows.filter(pk=bare).first() if is_uuid(bare) else rows.filter(name=bare.replace("\0", "")).first()
    if found is None:
        raise MemoryNotFound(f"There is no principal {bare!r:.200} in this context.")
    return found


def _caller(request: HttpRequest, *, now: datetime) -> MemoryCaller:
    key = admitted_key(request, now=now)
    match = request.resolver_match
    context_id = match.kwargs["context_id"] if match else ""
    if key.role == AccessKey.Role.ADMIN:
        caller = _admin(request, key, context_id)
    else:
        caller = holder_of(key, actor=_actor(request, key), context_id=context_id)
    named = next((request.headers[name] for name in ON_BEHALF_OF if request.headers.get(name)), "")
    return _delegated(caller, named) if named else caller


def _admin(request: HttpRequest, key: AccessKey, context_id: str) -> MemoryCaller:
    context = Context.objects.filter(pk=context_id.replace("\0", "")).first()
    if context is None:
        raise ContextNotFound(f"There is no context {context_id!r:.100}.")
    return MemoryCaller(context=context, name=key.name, actor=_actor(request, key), key_id=key.pk, is_admin=True)


def holder_of(key: AccessKey, *, actor: Actor, context_id: str | None = None) -> MemoryCaller:
    """Whom an agent's key speaks for. Raises Unauthorized where it opens no context, or another than is named."""
    kept = MemoryKey.objects.filter(pk=key.pk)
    if context_id is not None:
        kept = kept.filter(context=context_id.replace("\0", ""))
    place = kept.select_related("context", "principal").first()
    if place is None:
        raise Unauthorized("This access key opens no context of this name.")
    own = grants_of(place.grants.all())
    return MemoryCaller(
        context=place.context,
        name=key.name,
        actor=actor,
        principal=place.principal,
        key_id=key.pk,
        own_grants=own or None,
        layers=_layers(place, own),
    )


def _layers(place: MemoryKey, own: Grants) -> tuple[Grants, ...]:
    """The key's grants within its principal's; with none of its own, its principal's."""
    if place.principal is None:
        return (own,)
    theirs = grants_of(place.principal.grants.all())
    return (theirs, own) if own else (theirs,)


def _delegated(caller: MemoryCaller, named: str) -> MemoryCaller:
    caller.require(Verb.GRANT_MANAGE)
    principal = find_principal(caller.context, named)
    return caller.acting_for(principal, grants_of(principal.grants.all()))


def _actor(request: HttpRequest, key: AccessKey) -> Actor:
    return Actor(by=AuditEntry.By.KEY, name=str(key), address=client_address(request))


def is_uuid(text: str) -> bool:
    """In any of the ways that one is written."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True
