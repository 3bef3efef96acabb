"""Who is asking, and what they may see and write.

A key sees and writes its own source only; an unbound key any. Providers push, analyzers read, admins do both and steer.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import SessionAuth
from ninja.security.base import AuthBase

from knowledge.errors import LarderError, SourceForbidden, SourceMissing
from knowledge.keys import authenticate
from knowledge.limits import Limits
from knowledge.models import AccessKey, Stage
from knowledge.throttle import admit

Role = AccessKey.Role
READERS = frozenset({Role.PROVIDER, Role.ANALYZER, Role.ADMIN})
WRITERS = frozenset({Role.PROVIDER, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})

ADMITTED = "larder.admitted"
"""Set in a request's environ where the request was counted already; no header has such a name."""


class Unauthorized(LarderError):
    code = "unauthorized"


class Forbidden(LarderError):
    code = "forbidden"


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Whoever a request speaks for; `source` None means any source, `limits` are those of the key's stage."""

    name: str
    role: str
    source: str | None = None
    limits: Limits | None = None

    def source_for(self, named: str) -> str:
        """The source that a push goes to, from the one it names (or "").

        Raises SourceForbidden for another source than the key's, SourceMissing where neither names one.
        """
        if self.source is None:
            if not named:
                raise SourceMissing("This key is bound to no source; name the source of each document.")
            return named
        if named not in ("", self.source):
            raise SourceForbidden(f"This key belongs to the source {self.source!r} and cannot touch {named!r}.")
        return self.source


class KeyAuth(AuthBase):
    """`Authorization: Bearer <key>` or `X-Internal-API-Key: <key>`, of one of the given roles."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __init__(self, roles: frozenset[Role]) -> None:
        self.roles = roles
        super().__init__()

    def __call__(self, request: HttpRequest) -> Caller | None:
        raw = credential(request)
        if not raw:
            return None
        key = authenticate(raw, now=timezone.now())
        if key is None:
            raise Unauthorized("This access key is unknown, expired or revoked.")
        if not request.META.get(ADMITTED):
            admit(key.pk)
        who = Caller(name=key.name, role=key.role, source=key.source, limits=_limits(key.stage))
        return _checked(who, self.roles)


class StaffSession(SessionAuth):
    """A signed-in admin in the browser; Django's CSRF rule applies, but only to those who are signed in."""

    def __call__(self, request: HttpRequest) -> Any:
        return super().__call__(request) if request.user.is_authenticated else None

    def authenticate(self, request: HttpRequest, key: str | None) -> Caller | None:
        user = request.user
        return Caller(name=user.get_username(), role=Role.ADMIN) if user.is_staff else None


def anyone(request: HttpRequest) -> Caller | None:
    """Queries without a credential, where `QUERY_REQUIRES_KEY` is off: older clients send none."""
    return None if settings.QUERY_REQUIRES_KEY else Caller(name="anyone", role=Role.ANALYZER)


def caller(request: HttpRequest) -> Caller:
    """The caller that authentication found for this request."""
    found: Any = getattr(request, "auth", None)
    if not isinstance(found, Caller):
        raise Unauthorized("Send an access key as `Authorization: Bearer <key>`.")
    return found


def credential(request: HttpRequest) -> str:
    """The bearer token or internal key that was sent, or ""."""
    return bearer(request.headers.get("Authorization", "")) or request.headers.get("X-Internal-API-Key", "").strip()


def bearer(authorization: str) -> str:
    """The token of an `Authorization` header, or ""."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _limits(stage: Stage | None) -> Limits | None:
    if stage is None:
        return None
    return Limits(stage=stage.name, max_top_k=stage.max_top_k, min_score_floor=stage.min_score_floor)


def _checked(caller: Caller, roles: frozenset[Role]) -> Caller:
    if caller.role not in roles:
        allowed = " or ".join(sorted(roles))
        raise Forbidden(f"This takes a key of the role {allowed}; {caller.name!r} is of the role {caller.role}.")
    return caller


readers = [KeyAuth(READERS), StaffSession()]
writers = [KeyAuth(WRITERS), StaffSession()]
admins = [KeyAuth(ADMINS), StaffSession()]
askers = [KeyAuth(READERS), StaffSession(), anyone]
