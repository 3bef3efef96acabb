"""Scopes as they are sent: every form of them, and what is none."""

from typing import Any

import pytest
from django.http import QueryDict

from memory.errors import MemoryInvalid
from memory.scopes.paths import parse_lens, parse_path, parse_pattern, parse_scopes, scopes_in_query, wire_scopes


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (None, []),
        ([], []),
        ({}, []),
        ([[]], []),
        ("org/acme", [["org/acme"]]),
        ("/org/acme/", [["org/acme"]]),
        ("/", [[""]]),
        ("", [[""]]),
        ("Org/ACME", [["Org/ACME"]]),
        (["a", "b"], [["a"], ["b"]]),
        (["b", "a", "b"], [["a"], ["b"]]),
        ([["b", "a"]], [["a", "b"]]),
        ([["a", "/a/"]], [["a"]]),
        (["a", ["c", "b"]], [["a"], ["b", "c"]]),
        ({"org": "acme", "user": "alice"}, [["org/acme/user/alice"]]),
        ({"user": "alice", "org": "acme"}, [["org/acme/user/alice"]]),
        ({"zone": "eu", "user": "al", "app": "x", "team": "red"}, [["team/red/user/al/app/x/zone/eu"]]),
        ([{"org": "acme"}, "b"], [["b"], ["org/acme"]]),
        ("user/alice@example.com:2+3-4_5.6", [["user/alice@example.com:2+3-4_5.6"]]),
        ("/".join("abcdefgh"), [["a/b/c/d/e/f/g/h"]]),
        ("a" * 100, [["a" * 100]]),
    ],
)
def test_a_form_is_read(sent: Any, read: Any) -> None:
    assert parse_scopes(sent) == read
    assert parse_scopes(read) == read


@pytest.mark.parametrize(
    "sent",
    [
        "a//b",
        "//",
        "a b",
        "ä",
        "a/*",
        "*",
        "a\0b",
        "a\n",
        "..%2f",
        "a" * 101,
        "/".join("abcdefghi"),
        3,
        True,
        [3],
        [[["a"]]],
        [None],
        {"org": None},
        {"org": "a/b"},
        {"": "a"},
        {"org": ["acme"]},
        [str(number) for number in range(65)],
        [[str(number) for number in range(17)]],
        {str(number): "x" for number in range(5)},
    ],
)
def test_what_is_no_scope_is_refused(sent: Any) -> None:
    with pytest.raises(MemoryInvalid):
        parse_scopes(sent)


def test_a_lens_may_look_below_a_place() -> None:
    assert parse_lens(["org/acme/*", "*", "/*", "/org/b/"]) == [["*"], ["org/acme/*"], ["org/b"]]
    assert parse_pattern("/org/acme/*") == "org/acme/*"


@pytest.mark.parametrize("sent", ["a*", "a/*/b", "**", "a/**", "*/a", "a//*"])
def test_a_star_stands_at_the_end_alone(sent: str) -> None:
    with pytest.raises(MemoryInvalid):
        parse_lens(sent)


def test_a_refusal_names_what_was_sent() -> None:
    with pytest.raises(MemoryInvalid, match="'a//b' is no path"):
        parse_path("a//b")


@pytest.mark.parametrize(
    ("query", "read"),
    [
        ("scope=org/acme", [["org/acme"]]),
        ("scope[org]=acme&scope[user]=alice", [["org/acme/user/alice"]]),
        ("scope%5Buser%5D=alice&scope%5Borg%5D=acme", [["org/acme/user/alice"]]),
        ("scope=", []),
        ("other=1", []),
    ],
)
def test_a_query_names_a_scope(query: str, read: Any) -> None:
    assert parse_scopes(scopes_in_query(QueryDict(query))) == read


def test_answers_show_the_root_as_a_slash() -> None:
    assert wire_scopes([[""], ["org/acme"]]) == [["/"], ["org/acme"]]
    assert parse_scopes(wire_scopes([[""]])) == [[""]]
