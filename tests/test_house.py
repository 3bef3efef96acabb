"""The house itself: arrows run one way, the environment has one reader, and every setting is documented."""

import ast
import re
from pathlib import Path

import pytest

from tests import ROOT

MAY_KNOW = {
    "core": {"core"},
    "knowledge": {"knowledge", "core"},
    "providers": {"providers", "knowledge", "core"},
    "filing": {"filing", "providers", "knowledge", "core"},
    "dashboard": {"dashboard", "filing", "providers", "knowledge", "core"},
    "config": {"config", "dashboard", "filing", "providers", "knowledge", "core"},
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


def test_only_env_reads_the_environment() -> None:
    readers = {
        str(path.relative_to(ROOT))
        for room in ("core", "knowledge", "providers", "filing", "dashboard")
        for path in modules_of(room)
        if re.search(r"os\.(environ|getenv)", path.read_text(encoding="utf-8"))
    }
    assert not readers


def test_every_variable_stands_in_the_example_file() -> None:
    source = (ROOT / "config" / "env.py").read_text() + (ROOT / "config" / "settings.py").read_text()
    read = set(re.findall(r"(?:text|number|clamped|flag|words|networks|address|rate|choice)\(\s*\"([A-Z_]+)\"", source))
    example = (ROOT / ".env.example").read_text()
    missing = {name for name in read if not re.search(rf"^#? ?{name}=", example, re.MULTILINE)}
    assert read
    assert not missing


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
    limits = re.findall(r"^(MAX_[A-Z_]+) =", (ROOT / "config" / "settings.py").read_text(), re.MULTILINE)
    page = (ROOT / "docs" / "limits.md").read_text()
    assert [name for name in limits if f"`{name}`" not in page] == []


def test_every_fault_has_tests_and_each_of_them_exists() -> None:
    rows = re.findall(r"^\| (\d+) \|.*\| (.+) \|$", (ROOT / "docs" / "faults.md").read_text(), re.MULTILINE)
    assert sorted(int(number) for number, _ in rows) == list(range(1, 41))
    for number, tests in rows:
        named = re.findall(r"`(\w+/[\w/]+\.py)::(test_\w+)`", tests)
        missing = [name for path, name in named if f"def {name}(" not in (ROOT / "tests" / path).read_text()]
        assert named, number
        assert not missing, number
