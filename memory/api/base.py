"""What every address of a memory shares.

Names are read in snake and camel case and answered in camel case; fields that we do not know are ignored; a body may be
absent, whatever its content type says.
"""

import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

from django.http import HttpRequest, QueryDict
from ninja import Router
from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from accounts.access import Unauthorized
from core.fields import Instant
from memory.access.authentication import MemoryAuth
from memory.access.caller import MemoryCaller
from memory.api.repeats import MULTIPART, answer_once
from memory.errors import MemoryInvalid
from memory.scopes.paths import Clauses, parse_lens, parse_scopes, scopes_in_query

DATED = re.compile(r"\d{4}-\d\d-\d\d")
UPPER = re.compile(r"(?<=[a-z0-9])([A-Z])")


class Wire(BaseModel):
    """A body or an answer: fields are declared in snake case, read in either, and answered in camel case."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, validate_by_alias=True, from_attributes=True, extra="ignore"
    )


def _told_as_text(value: Any) -> Any:
    if value is not None and not (isinstance(value, str) and DATED.match(value)):
        raise ValueError("is no time of RFC 3339, such as 2026-03-18T10:00:00Z")
    return value


WireTime = Annotated[Instant, BeforeValidator(_told_as_text)]
"""As a text that begins with a date. Without a time it is midnight, without a zone UTC; numbers are none."""

Scopes = Annotated[Clauses, BeforeValidator(parse_scopes)]
Lens = Annotated[Clauses, BeforeValidator(parse_lens)]


class Scoped(Wire):
    """What is written somewhere: `scopes`, or `scope`; [] for the caller's own places."""

    scopes: Scopes = Field(default_factory=list, validation_alias=AliasChoices("scopes", "scope"))


class Lensed(Wire):
    """What is read somewhere: `lens`; [] for all that the caller sees."""

    lens: Lens = Field(default_factory=list)


def memory_router(*tags: str, repeats: bool = True) -> Router:
    """Addresses of one context, each of which needs a key of it. All methods of an address stand in one router.

    `repeats` off: an `Idempotency-Key` says nothing there, as where the answer holds a secret that must not be kept.
    """
    router = Router(tags=list(tags) or ["memory"], auth=MemoryAuth(), by_alias=True)
    if repeats:
        router.add_decorator(answer_once, mode="view")
    router.add_decorator(read_kindly, mode="view")
    return router


def caller_of(request: HttpRequest) -> MemoryCaller:
    """Whom authentication found."""
    found: Any = getattr(request, "auth", None)
    if not isinstance(found, MemoryCaller):
        raise Unauthorized("Send an access key as `Authorization: Bearer <key>`.")
    return found


def lens_of(request: HttpRequest, name: str = "lens") -> Clauses:
    """The lens in a query, `lens=org/acme` or `lens[org]=acme`; `scope` says the same. Raises MemoryInvalid."""
    return parse_lens(scopes_in_query(request.GET, name) or scopes_in_query(request.GET, "scope"))


def body_of(request: HttpRequest) -> dict[str, Any]:
    """A body that is read by hand, as an object; {} where there is none. Raises MemoryInvalid."""
    try:
        found = json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as error:
        raise MemoryInvalid(f"The body is no JSON: {error}.") from None
    if not isinstance(found, dict):
        raise MemoryInvalid("The body is a JSON object.")
    return found


def read_kindly(run: Callable[..., Any]) -> Callable[..., Any]:
    """The outermost decorator of an operation: bodies may be absent, and queries' names come in either case."""

    @wraps(run)
    def answer(request: HttpRequest, **path: Any) -> Any:
        _fill_absent_body(request)
        request.GET = _in_snake_case(request.GET)  # type: ignore[assignment]
        return run(request, **path)

    return answer


def _fill_absent_body(request: HttpRequest) -> None:
    """An absent body is an empty object to whoever declares one."""
    absent = request.META.get("CONTENT_LENGTH") in (None, "", "0")
    if absent and not (request.content_type or "").startswith(MULTIPART) and not request.body:
        request._body = b"{}"


def _in_snake_case(query: QueryDict) -> QueryDict:
    """Every name in snake case, beside what it was sent as."""
    both = query.copy()
    for name in query:
        both.setlistdefault(UPPER.sub(lambda found: f"_{found[0].lower()}", name), query.getlist(name))
    return both
