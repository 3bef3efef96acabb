"""Characters that PostgreSQL cannot store, named where nothing else has judged them: in addresses, filters and names.

Fields that are stored are judged one by one (`core.fields`). A name that is only looked for reaches the database as it
was sent, and its driver refuses NUL and half a surrogate pair.
"""

import json
from collections.abc import Iterator
from typing import Any

from django.db import DataError
from django.http import HttpRequest, RawPostDataException
from psycopg import DataError as DriverDataError

from core.fields import storable

REFUSALS = (DataError, DriverDataError, UnicodeEncodeError)
"""What such characters end in; other faults do, too, so the request itself is looked at."""


def unstorable_part(request: HttpRequest) -> tuple[str, str] | None:
    """The first part of a request that no column could hold, and why; None where there is none."""
    for name, text in _texts(request):
        try:
            storable(text)
        except ValueError as error:
            return name, str(error)
    return None


def _texts(request: HttpRequest) -> Iterator[tuple[str, str]]:
    for name, value in (request.resolver_match.kwargs if request.resolver_match else {}).items():
        yield name, str(value)
    for name, values in request.GET.lists():
        yield from ((name, value) for value in values)
    for name, values in request.POST.lists():
        yield from ((name, value) for value in values)
    yield from _leaves(_body(request))


def _body(request: HttpRequest) -> Any:
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError, RawPostDataException):
        return None


def _leaves(body: Any) -> Iterator[tuple[str, str]]:
    """Every text of a JSON body with its place, names of members among them. Depth is no matter."""
    waiting = [("", body)]
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, str):
            yield place, value
        elif isinstance(value, dict):
            yield from ((place, name) for name in value)
            waiting += [(f"{place}.{name}".lstrip("."), item) for name, item in value.items()]
        elif isinstance(value, list):
            waiting += [(f"{place}.{index}".lstrip("."), item) for index, item in enumerate(value)]
