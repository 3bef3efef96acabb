"""Who is asking, and what they may see and write.

A key sees and writes its own source only; an unbound key any. Providers push, analyzers read; admins do both, and act.
Each address asks for one verb. A key that is bound to a stage asks questions and does nothing else, as its limits hold
for those alone. Of the people who sign in, admins (superusers) may do what an admin key may; viewers (staff) only look.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import SessionAuth
from ninja.security.base import AuthBase

from accounts.errors import SourceForbidden, SourceMissing
from accounts.keys import authenticate
from accounts.limits import Limits, Rerank, Verb
from accounts.models import AccessKey, Stage
from accounts.private_sources import is_private
from accounts.throttle import admit
from core.errors import LarderError

Role = AccessKey.Role
READERS = frozenset({Role.PROVIDER, Role.ANALYZER, Role.ADMIN})
WRITERS = frozenset({Role.PROVIDER, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

ADMITTED = "larder.admitted"
"""Set in a request's environ where the request was counted already; no header has such a name."""


class Unauthorized(LarderError):
    code = "unauthorized"


class Forbidden(LarderError):
    code = "forbidden"


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Whoever a request speaks for; `source` None means any source, `limits` are those of the key's stage.

    The rest is what its key is narrowed to: `sources` and `tags` (an expression) where they are not empty, `verbs`.
    """

    name: str
    role: str
    source: str | None = None
    limits: Limits | None = None
    sources: tuple[str, ...] = ()
    tags: str = ""
    verbs: tuple[str, ...] = ()

    def require(self, verb: Verb, *, obeyed: Collection[str] = ()) -> None:
        """Raises Forbidden where the key is not made for this verb, or is narrowed by more than the address obeys."""
        if self.verbs and verb not in self.verbs:
            raise Forbidden(f"{self.name!r} may only {' and '.join(self.verbs)}; this address takes {verb}.")
        for kind in ("sources", "tags"):
            if getattr(self, kind) and kind not in obeyed:
                raise Forbidden(
                    f"{self.name!r} is narrowed to some {kind}, which this address does not obey; use a key that is "
                    "bound to one source."
                )
        if self.limits is not None and verb is not Verb.QUERY:
            raise Forbidden(
                f"{self.name!r} is bound to the stage {self.limits.stage!r}, whose limits hold for queries: it may ask "
                "POST /api/v1/knowledge/query and nothing else. Lists and single documents take a key without a stage."
            )

    def source_for(self, named: str) -> str:
        """The source that a push goes to, or a query is narrowed to, from the one it names (or "").

        Raises SourceForbidden for another source than the key's and for what it does not reach, SourceMissing where
        neither names one.
        """
        if self.source is None:
            if not named:
                raise SourceMissing("This key is not bound to one source; name the source of each document.")
            if not self.reaches(named):
                raise SourceForbidden(f"{named!r} is {self._beyond}.")
            return named
        if named not in ("", self.source):
            raise SourceForbidden(f"This key belongs to the source {self.source!r} and cannot touch {named!r}.")
        return self.source

    @property
    def _beyond(self) -> str:
        if self.sources:
            return f"none of the sources that this key is narrowed to: {', '.join(self.sources)}"
        return "a memory; only admins and keys bound to it may touch it"

    def reaches(self, source: str) -> bool:
        """Its own source, or any where it is bound to none; private ones only an admin does, or who is bound."""
        if self.source is not None:
            return source == self.source
        if self.sources:
            return source in self.sources
        return self.role == Role.ADMIN or not is_private(source)


class KeyAuth(AuthBase):
    """`Authorization: Bearer <key>` or `X-Internal-API-Key: <key>`, of one of the given roles and for one verb."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __init__(self, roles: frozenset[Role], verb: Verb, *, obeyed: Collection[str] = ()) -> None:
        self.roles, self.verb, self.obeyed = roles, verb, obeyed
        super().__init__()

    def __call__(self, request: HttpRequest) -> Caller | None:
        raw = credential(request.META)
        if not raw:
            return None
        key = authenticate(raw, now=timezone.now())
        if key is None:
            raise Unauthorized("This access key is unknown, expired or revoked.")
        if not request.META.get(ADMITTED):
            admit(key.pk)
        who = caller_of(key)
        check_role(who, self.roles)
        who.require(self.verb, obeyed=self.obeyed)
        return who


class StaffSession(SessionAuth):
    """Staff signed in with a browser; Django's CSRF rule applies, but only to those who are signed in.

    Viewers are let in to look: by safe methods, or by any where `asking` says that the endpoint only answers.
    """

    def __init__(self, *, asking: bool = False) -> None:
        self.asking = asking
        super().__init__()

    def __call__(self, request: HttpRequest) -> Any:
        return super().__call__(request) if request.user.is_authenticated else None

    def authenticate(self, request: HttpRequest, key: str | None) -> Caller | None:
        user = request.user
        if not user.is_staff:
            return None
        if not (may_change(user) or self.asking or request.method in SAFE_METHODS):
            raise Forbidden(f"{user.get_username()!r} is a viewer, who may look and change nothing.")
        return Caller(name=user.get_username(), role=Role.ADMIN)


def may_change(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether this user of the pages is an admin, not only a viewer."""
    return user.is_active and getattr(user, "is_superuser", False)


def anyone(request: HttpRequest) -> Caller | None:
    """Queries without a credential, where `QUERY_REQUIRES_KEY` is off: older clients send none."""
    return None if settings.QUERY_REQUIRES_KEY else Caller(name="anyone", role=Role.ANALYZER)


def caller(request: HttpRequest) -> Caller:
    """The caller that authentication found for this request."""
    found: Any = getattr(request, "auth", None)
    if not isinstance(found, Caller):
        raise Unauthorized("Send an access key as `Authorization: Bearer <key>`.")
    return found


def credential(environ: Mapping[str, Any]) -> str:
    """The bearer token or else the internal key, or "". From a WSGI environ, or from `request.META`, which is one."""
    scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    bearer = token.strip() if scheme.lower() == "bearer" else ""
    return bearer or environ.get("HTTP_X_INTERNAL_API_KEY", "").strip()


def caller_of(key: AccessKey) -> Caller:
    """Whom a request with this key speaks for."""
    return Caller(
        name=key.name,
        role=key.role,
        source=key.source,
        limits=limits_of(key.stage) if key.stage else None,
        sources=tuple(key.sources),
        tags=key.tags,
        verbs=tuple(key.verbs),
    )


def limits_of(stage: Stage) -> Limits:
    return Limits(
        stage=stage.name,
        max_top_k=stage.max_top_k,
        min_score_floor=stage.min_score_floor,
        rerank=Rerank(stage.rerank),
    )


def check_role(caller: Caller, roles: frozenset[Role]) -> None:
    """Raises Forbidden."""
    if caller.role not in roles:
        allowed = " or ".join(sorted(roles))
        raise Forbidden(f"This takes a key of the role {allowed}; {caller.name!r} is of the role {caller.role}.")


# Who is let in by default obeys no narrowing, so that an address that is added refuses such keys until it does.
ALL = ("sources", "tags")
readers = [KeyAuth(READERS, Verb.READ), StaffSession()]
writers = [KeyAuth(WRITERS, Verb.WRITE), StaffSession()]
deleters = [KeyAuth(WRITERS, Verb.DELETE), StaffSession()]
admins = [KeyAuth(ADMINS, Verb.WRITE), StaffSession()]
source_readers = [KeyAuth(READERS, Verb.READ, obeyed=("sources",)), StaffSession()]
source_writers = [KeyAuth(WRITERS, Verb.WRITE, obeyed=("sources",)), StaffSession()]
document_readers = [KeyAuth(READERS, Verb.READ, obeyed=ALL), StaffSession()]
document_writers = [KeyAuth(WRITERS, Verb.WRITE, obeyed=ALL), StaffSession()]
document_deleters = [KeyAuth(WRITERS, Verb.DELETE, obeyed=ALL), StaffSession()]
askers = [KeyAuth(READERS, Verb.QUERY, obeyed=ALL), StaffSession(asking=True), anyone]
