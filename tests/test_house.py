"""The house itself: arrows run one way, the environment has one reader, and every setting is documented."""

import ast
import re
from pathlib import Path

import pytest

from config.env.pages import pages
from config.env.service import Compose
from config.env.variables import GROUPS, Environment
from tests import ROOT

MAY_KNOW = {
    "knowledge": {"knowledge"},
    "providers": {"providers", "knowledge"},
    "filing": {"filing", "providers", "knowledge"},
    "dashboard": {"dashboard", "filing", "providers", "knowledge"},
    "config": {"config", "dashboard", "filing", "providers", "knowledge"},
}


def modules_of(room: str) -> list[Path]:
    return [path for path in (ROOT / room).rglob("*.py") if "/migrations/" not in str(path)]


def imported_rooms(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize("room", MAY_KNOW)
def test_arrows_between_rooms_run_one_way(room: str) -> None:
    for path in modules_of(room):
        strangers = (imported_rooms(path) & MAY_KNOW.keys()) - MAY_KNOW[room]
        assert not strangers, f"{path.relative_to(ROOT)} knows {strangers}"


def test_the_sdk_knows_no_room() -> None:
    for path in modules_of("sdk"):
        assert not imported_rooms(path) & {*MAY_KNOW, "django"}, path


def reads_the_environment(path: Path) -> bool:
    """Whether it does more than to name Django's settings, which every way in does."""
    source = path.read_text(encoding="utf-8").replace('os.environ.setdefault("DJANGO_SETTINGS_MODULE",', "(")
    read = {"environ", "environb", "getenv", "getenvb"}
    return any(
        node.attr in read and ast.unparse(node.value) == "os"
        if isinstance(node, ast.Attribute)
        else isinstance(node, ast.ImportFrom) and node.module == "os" and any(each.name in read for each in node.names)
        for node in ast.walk(ast.parse(source))
    )


def test_only_env_reads_the_environment() -> None:
    readers = {path.relative_to(ROOT) for room in MAY_KNOW for path in modules_of(room) if reads_the_environment(path)}
    assert {str(path.parent) for path in readers} == {"config/env"}


def test_every_variable_stands_in_the_example_file() -> None:
    example = (ROOT / ".env.example").read_text().splitlines()
    told = [line.removeprefix("# ").partition("=")[0] for line in example if "=" in line]
    assert len(Environment.model_fields) > 60
    assert [name for name in Environment.model_fields if told.count(name) != 1] == []


def test_every_variable_says_what_it_is_for() -> None:
    assert [name for name, field in Environment.model_fields.items() if not field.description] == []


def test_every_variable_belongs_to_one_group() -> None:
    grouped = [name for group in GROUPS for name in group.model_fields]
    assert len(grouped) == len(set(grouped))
    assert set(grouped) == {*Environment.model_fields, *Compose.model_fields}


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.name)
def test_what_is_written_from_the_declarations_is_as_they_are(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == pages()[path], "write it anew: python -m config.env"


def test_no_file_has_grown_past_reading() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for room in (*MAY_KNOW, "sdk")
        for path in modules_of(room)
        if (lines := path.read_text(encoding="utf-8").count("\n")) > 350
    }
    assert not long


def test_every_error_code_is_documented() -> None:
    import config.api  # noqa: F401 - loads every class of error
    from knowledge.errors import LarderError

    def codes(kind: type[LarderError]) -> set[str]:
        return {kind.code}.union(*(codes(each) for each in kind.__subclasses__()))

    documented = set(re.findall(r"`([a-z_]+)`", (ROOT / "docs" / "errors.md").read_text()))
    assert codes(LarderError) - {LarderError.code} <= documented


def test_every_limit_is_documented() -> None:
    limits = [name for name in Environment.model_fields if name.startswith("MAX_")]
    page = (ROOT / "docs" / "limits.md").read_text()
    assert limits
    assert [name for name in limits if f"| `{name}` |" not in page] == []


def test_every_fault_has_tests_and_each_of_them_exists() -> None:
    rows = re.findall(r"^\| (\d+) \|.*\| (.+) \|$", (ROOT / "docs" / "faults.md").read_text(), re.MULTILINE)
    assert sorted(int(number) for number, _ in rows) == list(range(1, 41))
    for number, tests in rows:
        named = re.findall(r"`(\w+/[\w/]+\.py)::(test_\w+)`", tests)
        missing = [name for path, name in named if f"def {name}(" not in (ROOT / "tests" / path).read_text()]
        assert named, number
        assert not missing, number
