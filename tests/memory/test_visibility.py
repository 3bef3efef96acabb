"""What is kept at scopes, and who sees it there."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from memory.access.caller import MemoryCaller
from memory.errors import MemoryConflict, MemoryForbidden, MemoryInvalid
from memory.models import Context, ScopeNode, ScopeSet
from memory.scopes.nodes import close_scope, register_scope
from memory.scopes.paths import parse_lens, parse_scopes
from memory.scopes.sets import scope_set_for

ALICE = "org/acme/user/alice"
Make = Callable[..., MemoryCaller]

PLACES: dict[str, Any] = {
    "root": "/",
    "acme": "org/acme",
    "alice": ALICE,
    "bob": "org/acme/user/bob",
    "beta": "org/beta",
    "acme and red": [["org/acme", "team/red"]],
    "alice or beta": [ALICE, "org/beta"],
}


@pytest.fixture
def places(context: Context, now: datetime) -> dict[int, str]:
    """The name of each set, by its id."""
    return {scope_set_for(context, parse_scopes(sent), now=now).pk: name for name, sent in PLACES.items()}


@pytest.fixture
def seen(places: dict[int, str], caller_with: Make) -> Callable[..., set[str]]:
    """The places that a region, under a lens, sees."""

    def look(region: list[str], lens: Any = None) -> set[str]:
        visible = caller_with({"memory:read": region}).reading(parse_lens(lens))
        rows = visible.filter(ScopeSet.objects.all(), "pk")
        expression = visible.tag_expression()
        found = {places[row.pk] for row in rows}
        assert found == {name for pk, name in places.items() if visible.allows(pk)}
        assert found == {name for pk, name in places.items() if not expression or expression.matches([f"scope:{pk}"])}
        return found

    return look


@pytest.mark.parametrize(
    ("region", "lens", "names"),
    [
        (["*"], None, set(PLACES)),
        ([ALICE], None, {"root", "acme", "alice", "alice or beta"}),
        (["org/acme"], None, {"root", "acme"}),
        (["org/acme/*"], None, {"root", "acme", "alice", "bob", "alice or beta"}),
        (["org/acme", "team/red"], None, {"root", "acme", "acme and red"}),
        (["org/beta"], None, {"root", "beta", "alice or beta"}),
        (["*"], "/", {"root"}),
        (["*"], "org/acme", {"root", "acme"}),
        (["*"], "org/acme/*", {"root", "acme", "alice", "bob", "alice or beta"}),
        (["*"], [["org/acme", "team/red"]], {"root", "acme", "acme and red"}),
        (["*"], ["org/acme", "team/red"], {"root", "acme"}),
        (["org/acme/*"], "org/beta", set()),
        ([ALICE], "org/acme/user/bob", set()),
        ([ALICE], "org/acme", {"root", "acme"}),
        ([ALICE], "*", {"root", "acme", "alice", "alice or beta"}),
    ],
)
def test_a_place_shows_itself_and_what_lies_above(seen: Any, region: Any, lens: Any, names: set[str]) -> None:
    assert seen(region, lens) == names


def test_two_layers_show_what_both_show(caller_with: Make, places: dict[int, str]) -> None:
    caller = caller_with({"memory:read": [ALICE]}, {"memory:read": ["org/acme/user/bob"]})
    assert {places[pk] for pk in caller.reading().scope_set_ids or ()} == {"root", "acme"}


def test_who_may_read_nothing_is_refused(caller_with: Make) -> None:
    with pytest.raises(MemoryForbidden):
        caller_with({"memory:write": ["*"]}).reading()


def test_what_shows_from_above_is_not_erased_from_below(caller_with: Make, places: dict[int, str]) -> None:
    caller = caller_with({"memory:forget": [ALICE]})
    assert {places[pk] for pk in caller.forgetting().scope_set_ids or ()} == {"alice", "alice or beta"}


def test_a_scope_set_is_kept_once(context: Context, neighbour: Context, now: datetime) -> None:
    first = scope_set_for(context, parse_scopes([["b", "a"], "c"]), now=now)
    assert scope_set_for(context, parse_scopes(["c", ["a", "b"]]), now=now) == first
    assert scope_set_for(neighbour, parse_scopes(["c", ["a", "b"]]), now=now) != first
    assert first.clauses == [["a", "b"], ["c"]]


def test_a_write_registers_its_paths(context: Context, caller_with: Make, now: datetime) -> None:
    caller_with({"memory:write": ["org/acme/*"]}).writing(parse_scopes(ALICE), now=now)
    assert list(ScopeNode.objects.values_list("path", flat=True)) == [ALICE]


def test_what_names_no_scope_goes_to_the_callers_own_places(caller_with: Make, now: datetime) -> None:
    caller = caller_with({"memory:write": ["org/acme/*", "team/red"]})
    assert caller.writing(now=now).clauses == [["org/acme"], ["team/red"]]
    assert caller_with().writing(now=now).clauses == [[""]]


@pytest.mark.parametrize("sent", ["/", "org", "org/beta", ["org/acme", "org/beta"], [["org/acme", "org/beta"]]])
def test_a_write_outside_of_the_region_is_refused(caller_with: Make, now: datetime, sent: Any) -> None:
    with pytest.raises(MemoryForbidden):
        caller_with({"memory:write": ["org/acme/*"]}).writing(parse_scopes(sent), now=now)
    assert not ScopeSet.objects.exists()


def test_a_closed_scope_takes_no_writes_until_it_is_registered_again(
    context: Context, admin_caller: MemoryCaller, now: datetime
) -> None:
    admin_caller.writing(parse_scopes(ALICE), now=now)
    close_scope(context, "org/acme", now=now, actor=admin_caller.actor)
    with pytest.raises(MemoryConflict):
        admin_caller.writing(parse_scopes(ALICE), now=now)
    register_scope(context, ALICE, now=now, actor=admin_caller.actor)
    admin_caller.writing(parse_scopes(ALICE), now=now)


def test_paths_may_have_to_be_registered_before(
    context: Context, admin_caller: MemoryCaller, now: datetime, settings: Any
) -> None:
    settings.MEMORY_SCOPES_MUST_EXIST = True
    with pytest.raises(MemoryInvalid):
        admin_caller.writing(parse_scopes("org/acme"), now=now)
    register_scope(context, "org/acme", now=now, actor=admin_caller.actor)
    assert admin_caller.writing(parse_scopes("org/acme"), now=now).clauses == [["org/acme"]]
    assert admin_caller.writing(now=now).clauses == [[""]]
