"""Which places a region shows, and which it lets write to."""

import pytest

from memory.scopes.regions import Region, covers

ALICE = "org/acme/user/alice"
EVERYTHING = Region()


def region(*layers: set[str]) -> Region:
    return Region(tuple(frozenset(layer) for layer in layers))


@pytest.mark.parametrize(
    ("pattern", "path", "sees", "contains"),
    [
        (ALICE, ALICE, True, True),
        (ALICE, "org/acme", True, False),
        (ALICE, "", True, False),
        (ALICE, f"{ALICE}/app/x", False, False),
        (ALICE, "org/acme/user/bob", False, False),
        (ALICE, "org/acme/user/alic", False, False),
        (ALICE, "org/ac", False, False),
        ("org/acme", ALICE, False, False),
        ("org/acme/*", ALICE, True, True),
        ("org/acme/*", "org/acme", True, True),
        ("org/acme/*", "org", True, False),
        ("org/acme/*", "org/acme2", False, False),
        ("", "", True, True),
        ("", "org", False, False),
        ("*", ALICE, True, True),
        ("*", "", True, True),
    ],
)
def test_a_pattern_shows_places_and_lets_write_to_them(pattern: str, path: str, sees: bool, contains: bool) -> None:
    assert region({pattern}).sees(path) is sees
    assert region({pattern}).contains(path) is contains
    assert covers(pattern, path) is contains


def test_a_region_without_layers_is_everything() -> None:
    assert EVERYTHING.is_everything
    assert EVERYTHING.sees(ALICE)
    assert EVERYTHING.bases() == [""]


def test_an_empty_layer_lets_nothing_in() -> None:
    nothing = region(set())
    assert nothing.is_nothing
    assert not nothing.sees("")
    assert nothing.bases() == []


def test_every_layer_must_let_a_place_in() -> None:
    both = region({"org/acme/*"}, {ALICE})
    assert both.contains(ALICE)
    assert not both.contains("org/acme")
    assert both.sees("org/acme")
    assert not both.sees("org/acme/user/bob")


@pytest.mark.parametrize(
    ("layers", "bases"),
    [
        ([{"org/acme/*"}], ["org/acme"]),
        ([{"org/acme/*", ALICE}], ["org/acme"]),
        ([{ALICE, "team/red"}], [ALICE, "team/red"]),
        ([{"*"}], [""]),
        ([{"org/acme/*"}, {ALICE}], [ALICE]),
        ([{ALICE}, {"org/acme/user/bob"}], []),
        ([{"*"}, {"org/acme/*"}], ["org/acme"]),
    ],
)
def test_what_names_no_scope_is_written_at_the_topmost_places(layers: list[set[str]], bases: list[str]) -> None:
    assert region(*layers).bases() == bases


@pytest.mark.parametrize(
    ("outer", "inner", "inside"),
    [
        ("org/acme/*", "org/acme", True),
        ("org/acme/*", "org/acme/*", True),
        ("org/acme/*", f"{ALICE}/*", True),
        ("org/acme", "org/acme/*", False),
        ("org/acme/*", "*", False),
        ("*", "*", True),
        ("", "*", False),
    ],
)
def test_nobody_gives_on_more_than_they_have(outer: str, inner: str, inside: bool) -> None:
    assert region({outer}).contains_pattern(inner) is inside


def test_a_lens_narrows_and_never_widens() -> None:
    acme = region({"org/acme/*"})
    [through] = acme.under([[ALICE]])
    assert [through.sees(path) for path in (ALICE, "org/acme", "org/acme/user/bob", "org/beta")] == [
        True,
        True,
        False,
        False,
    ]
    assert acme.under([["org/beta"]]) == []
    assert acme.under([["org/beta/*"]]) == []


def test_a_lens_above_the_region_shows_what_both_show() -> None:
    [above] = region({ALICE}).under([["org/acme/*"]])
    assert above.sees(ALICE)
    assert above.sees("org/acme")
    assert not above.sees("org/acme/user/bob")


def test_alternatives_of_a_lens_are_looked_through_one_by_one() -> None:
    assert len(EVERYTHING.under([["a"], ["b"]])) == 2
    [both] = EVERYTHING.under([["a", "b"]])
    assert both.sees("a")
    assert both.sees("b")
