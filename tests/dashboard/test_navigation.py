"""The links at the side: where one stands, and what waits."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client


def marked(page: str) -> dict[str, str]:
    """By address: `page` for where one stands, `true` for what it belongs to."""
    return dict(re.findall(r'<a href="([^"]+)" aria-current="(\w+)"', page))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", {"/": "page"}),
        ("/knowledge/", {"/knowledge/": "page"}),
        ("/knowledge/trash/", {"/knowledge/": "true"}),
        ("/manifest/", {"/providers/": "true"}),
        ("/providers/new/", {"/providers/": "true"}),
        ("/users/", {"/users/": "page"}),
        ("/account/", {}),
    ],
)
def test_one_link_says_where_one_stands(staff: Client, db: None, path: str, expected: dict[str, str]) -> None:
    assert marked(staff.get(path).content.decode()) == expected


def test_where_nothing_waits_no_number_stands(staff: Client, db: None) -> None:
    """Stands before whatever asks for `something`, which stays for the rest of the module."""
    assert 'class="count"' not in staff.get("/keys/").content.decode()


def test_what_waits_is_counted_beside_its_link(staff: Client, push: Callable[..., Any], something: Any) -> None:
    push({"id": "x", "content": "☠"})
    page = staff.get("/keys/").content.decode()
    assert 'Held <span class="count">1<span class="hidden"> waiting</span></span>' in page
    assert 'Quarantine <span class="count">1<' in page
    assert 'Menu <span class="count">2<' in page
