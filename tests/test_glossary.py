"""The glossary has a row for what people read on the pages and programs read in the API."""

import re
from importlib.util import find_spec

import pytest
from django.db.models import TextChoices

from dashboard.templatetags.states import KEY_LOOKS
from ingestion.models import FileState
from knowledge.models import EmbeddingModel, HeldDeletion
from providers.alerts.models import Alert
from providers.models import RunState
from tests import ROOT

PAGE = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
STATES: dict[str, type[TextChoices]] = {
    "run": RunState,
    "file": FileState,
    "held deletion": HeldDeletion.State,
    "embedding model": EmbeddingModel.State,
    "alert": Alert.State,
}


def rows(heading: str) -> list[list[str]]:
    """The cells below a heading, without the table's head."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line.strip("| ").replace("\\|", "/") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.split("|")] for line in lines[2:]]


def words_of_the_domain() -> list[list[str]]:
    headings = ("People and programs", "The store", "Search", "Providers and runs", "Files")
    return [row for heading in headings for row in rows(heading)]


@pytest.mark.parametrize("kind", STATES)
def test_every_state_has_a_row_and_no_row_is_left_over(kind: str) -> None:
    assert [state.strip("`") for of, state, _ in rows("States") if of == kind] == list(STATES[kind].values)


def test_so_has_every_state_of_an_access_key() -> None:
    assert {state.strip("`") for of, state, _ in rows("States") if of == "access key"} == set(KEY_LOOKS)


def test_every_label_of_the_navigation_has_a_row_in_its_order() -> None:
    labels = re.findall(r'nav_link "[^"]+" "([^"]+)"', (ROOT / "templates" / "_nav.html").read_text(encoding="utf-8"))
    assert [label for label, _ in rows("Pages")] == labels


def test_every_word_lives_in_a_module_that_exists() -> None:
    words = words_of_the_domain()
    assert len(words) > 60
    modules = {module for row in words for module in re.findall(r"`([\w.]+)`", row[3])}
    assert [module for module in sorted(modules) if find_spec(module) is None] == []


def test_no_word_is_explained_twice() -> None:
    words = [row[0] for row in words_of_the_domain()]
    assert len(words) == len(set(words))
