"""What is written about the house: links lead somewhere, commands exist, and defaults are told as they are."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from config.env import Environment
from tests import ROOT

PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "sdk" / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
of_every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def anchors(page: Path) -> set[str]:
    """As they are made of headings: lower case, hyphens for blanks, no other punctuation."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@of_every_page
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if target.startswith("http"):
            continue
        path, _, anchor = target.partition("#")
        other = (page.parent / path).resolve() if path else page
        assert other.exists(), target
        assert not anchor or anchor in anchors(other), target


@of_every_page
def test_every_command_exists(page: Path) -> None:
    assert set(re.findall(r"manage\.py ([a-z_]+)", page.read_text())) <= get_commands().keys()


@of_every_page
def test_every_file_that_is_named_is_there(page: Path) -> None:
    named = re.findall(r"`((?:bench|docs|examples|config|tests)/[\w./]+\.\w+)`", page.read_text())
    assert [path for path in named if not (ROOT / path).exists()] == []


def defaults_of_settings() -> dict[str, int]:
    fields = Environment.model_fields.items()
    return {name: field.default for name, field in fields if type(field.default) is int}


def test_the_example_file_tells_the_defaults_as_they_are() -> None:
    example = dict(re.findall(r"^# (\w+)=(\d+)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    defaults = defaults_of_settings()
    assert len(defaults) > 30
    assert {name: int(number) for name, number in example.items()} == defaults


def test_the_limits_tell_the_defaults_as_they_are() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([\d,]+)[ a-z]* \|", (ROOT / "docs" / "limits.md").read_text(), re.MULTILINE)
    told = {name: int(number.replace(",", "")) for name, number in rows}
    defaults = defaults_of_settings()
    assert len(told) > 20
    assert told == {name: defaults[name] for name in told}


@of_every_page
def test_a_default_in_passing_is_told_as_it_is(page: Path) -> None:
    """`RUN_DAYS` (365)."""
    told = re.findall(r"`([A-Z_]+)` \((\d[\d,]*)\)", page.read_text())
    defaults = defaults_of_settings()
    assert [(name, number) for name, number in told if int(number.replace(",", "")) != defaults[name]] == []
