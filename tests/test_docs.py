"""What is written about Larder: links lead somewhere, commands exist, and defaults are told as they are."""

import ast
import re
import subprocess
from importlib import import_module
from pathlib import Path
from textwrap import dedent

import pytest
from django.core.management import get_commands

from config.env import Environment
from tests import REFERENCE, ROOT
from tests.test_house import LAYERS, modules_of

PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    ROOT / "sdk" / "README.md",
    ROOT / "sources" / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
of_every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def links(page: Path) -> list[str]:
    return re.findall(r"\]\(([^)\s]+)\)", page.read_text())


def anchors(page: Path) -> set[str]:
    """As they are made of headings: lower case, hyphens for blanks, no other punctuation."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@of_every_page
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in links(page):
        if target.startswith("http"):
            continue
        path, _, anchor = target.partition("#")
        other = (page.parent / path).resolve() if path else page
        assert other.exists(), target
        assert not anchor or anchor in anchors(other), target


@of_every_page
def test_every_command_exists(page: Path) -> None:
    assert set(re.findall(r"manage\.py ([a-z_]+)", page.read_text())) <= {"help", *get_commands()}


@of_every_page
def test_every_file_that_is_named_is_there(page: Path) -> None:
    """But for those that a reader of `add-…` is about to write."""
    if page.name.startswith("add-"):
        return
    folders = "|".join((*LAYERS, "bench", "docs", "examples", "sdk", "sources", "static", "templates", "tests"))
    named = re.findall(rf"`((?:{folders})/[\w./]+\.\w+)`", page.read_text())
    assert [path for path in named if not (ROOT / path).exists()] == []


@of_every_page
def test_what_an_example_imports_of_us_is_there(page: Path) -> None:
    for block in re.findall(r"^ *```python\n(.*?)^ *```", page.read_text(), re.MULTILINE | re.DOTALL):
        for node in ast.walk(ast.parse(dedent(block))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] in LAYERS:
                module = import_module(node.module)
                assert [each.name for each in node.names if not hasattr(module, each.name)] == []


def test_every_test_that_guards_a_sharp_tool_exists() -> None:
    page = (ROOT / "docs" / "development" / "sharp-tools.md").read_text()
    defined = {name for path in modules_of("tests") for name in re.findall(r"def (test_\w+)", path.read_text())}
    named = set(re.findall(r"`(test_\w+)`", page))
    assert len(named) > 8
    assert named - defined == set()


SECURITY = REFERENCE / "security.md"
STATES = {"met", "not met", "does not apply"}


def security_items() -> list[tuple[list[str], str, str]]:
    """(numbers, state, why) of each row of the page on security."""
    rows = re.findall(r"^\| (V\d.*?) \| [^|]+ \| ([^|]+) \| ([^|]+) \|$", SECURITY.read_text(), re.MULTILINE)
    return [(numbers.split(", "), state, why) for numbers, state, why in rows]


def test_every_test_that_shows_security_exists() -> None:
    defined = {name for path in modules_of("tests") for name in re.findall(r"def (test_\w+)", path.read_text())}
    named = {(page.name, name) for page in PAGES for name in re.findall(r"`(test_\w+)`", page.read_text())}
    assert len([page for page, _ in named if page == SECURITY.name]) > 100
    assert [each for each in sorted(named) if each[1] not in defined] == []


def test_what_is_met_names_what_shows_it() -> None:
    shows = re.compile(r"`test_\w+`|`\w[\w./-]*\.(py|md|html|js|toml|yml)`|this page|\]\(|V\d+\.\d+\.\d+")
    assert [numbers for numbers, state, why in security_items() if state == "met" and not shows.search(why)] == []


def test_the_page_on_security_tells_its_sums_as_they_are() -> None:
    count = {state: sum(len(numbers) for numbers, each, _ in security_items() if each == state) for state in STATES}
    numbers = [number for some, _, _ in security_items() for number in some]
    assert sorted(set(numbers)) == sorted(numbers)
    assert {state for _, state, _ in security_items()} == STATES
    assert all(re.fullmatch(r"V\d+\.\d+\.\d+", number) for number in numbers)
    told = re.search(r"of (\d+) items (\d+) are met, (\d+) are not met, (\d+) do not apply", SECURITY.read_text())
    assert told
    assert list(map(int, told.groups())) == [len(numbers), count["met"], count["not met"], count["does not apply"]]


def test_the_inventory_holds_every_pin_that_larder_runs_on() -> None:
    """`make -n` says what would be run; the files are those that the image and `make install` are made of."""
    told = subprocess.run(["make", "-n", "inventory"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    made = re.search(
        r"^cat ([^|]+) \| .*cyclonedx_py.*--output-file dist/larder\.cdx\.json", told, re.MULTILINE | re.DOTALL
    )
    assert made
    image = set(re.findall(r"requirements[\w-]*\.txt", (ROOT / "Dockerfile").read_text()))
    assert set(made[1].split()) == image | {"requirements-embedded.txt"}
    assert "make inventory" in (ROOT / ".ci" / "run").read_text()
    assert "dist/larder.cdx.json" in (ROOT / ".github" / "workflows" / "ci.yml").read_text()


def test_the_index_leads_to_every_page() -> None:
    """Decisions have an index of their own."""
    docs = ROOT / "docs"
    pages = {path for path in docs.rglob("*.md") if path.parent.name != "decisions"}
    linked = {(docs / target.partition("#")[0]).resolve() for target in links(docs / "README.md")}
    assert sorted(pages - linked - {docs / "README.md"}) == []


DECISIONS = ROOT / "docs" / "decisions"


def decisions() -> list[Path]:
    return sorted(path for path in DECISIONS.glob("*.md") if path.name != "README.md")


def test_every_decision_stands_in_the_index_once() -> None:
    assert sorted(links(DECISIONS / "README.md")) == [path.name for path in decisions()]


@pytest.mark.parametrize("decision", decisions(), ids=lambda path: path.stem)
def test_a_decision_has_a_number_and_a_date(decision: Path) -> None:
    number = decision.name[:4]
    assert re.match(rf"# {number} \S.*\n\n20\d\d-\d\d-\d\d\n\n", decision.read_text())


def test_no_number_is_given_twice() -> None:
    numbers = [path.name[:4] for path in decisions()]
    assert sorted(set(numbers)) == numbers


def test_every_decision_that_code_names_exists() -> None:
    sources = [
        path for package in (*LAYERS, "sdk", "sources", "bench", "examples", "tests") for path in modules_of(package)
    ]
    named = {
        (str(path.relative_to(ROOT)), number)
        for path in sources
        for number in re.findall(r"docs/decisions/(\d{4})", path.read_text(encoding="utf-8"))
    }
    known = {path.name[:4] for path in decisions()}
    assert len(named) > 40
    assert [each for each in sorted(named) if each[1] not in known] == []


def defaults_of_settings() -> dict[str, int]:
    fields = Environment.model_fields.items()
    return {name: field.default for name, field in fields if type(field.default) is int}


def test_the_example_file_tells_the_defaults_as_they_are() -> None:
    example = dict(re.findall(r"^# (\w+)=(\d+)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    defaults = defaults_of_settings()
    assert len(defaults) > 30
    assert {name: int(number) for name, number in example.items()} == defaults


def test_the_limits_tell_the_defaults_as_they_are() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([\d,]+)[ a-z]* \|", (REFERENCE / "limits.md").read_text(), re.MULTILINE)
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
