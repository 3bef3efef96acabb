"""The house itself: arrows run one way, the environment has one reader, and every setting is documented."""

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from config.env.pages import pages
from config.env.service import ComposeVariables
from config.env.variables import GROUPS, Environment
from tests import REFERENCE, ROOT

LAYERS = (
    "core",
    "accounts",
    "knowledge",
    "providers",
    "ingestion",
    "memory",
    "mcp_server",
    "dashboard",
    "config",
    "embedded",
)
"""From the ground up: each may import those before it."""

MOST_MODULES = 16


def modules_of(package: str) -> list[Path]:
    return [path for path in (ROOT / package).rglob("*.py") if "/migrations/" not in str(path)]


def imported_modules(path: Path) -> set[str]:
    """With those that only a type checker reads."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def imported_packages(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imported_modules(path)}


@pytest.mark.parametrize("package", LAYERS)
def test_imports_between_packages_run_one_way(package: str) -> None:
    above = set(LAYERS[LAYERS.index(package) + 1 :])
    for path in modules_of(package):
        back = imported_packages(path) & above
        assert not back, f"{path.relative_to(ROOT)} imports {back}"


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports_within(package: str, *, depth: int) -> dict[str, set[str]]:
    """What imports what inside a package, by the first `depth` parts of their names."""
    known = {module_name(path): path for path in modules_of(package)}
    graph: dict[str, set[str]] = {}
    for name, path in known.items():
        # A queryset names the model of its rows, which a type checker alone follows back.
        for imported in imported_modules(path):
            target = imported if imported in known else imported.rpartition(".")[0]
            if target in known:
                ours, theirs = (".".join(each.split(".")[:depth]) for each in (name, target))
                if theirs not in (ours, package) and ours != package:
                    graph.setdefault(ours, set()).add(theirs)
    return graph


def floors(graph: dict[str, set[str]]) -> int:
    """How many levels the graph has; an import circle raises CycleError with its members."""
    height: dict[str, int] = {}
    for name in TopologicalSorter(graph).static_order():
        height[name] = 1 + max((height[below] for below in graph.get(name, ())), default=0)
    return max(height.values(), default=0)


@pytest.mark.parametrize("package", LAYERS)
def test_subpackages_import_one_way_without_a_circle(package: str) -> None:
    floors(imports_within(package, depth=2))
    floors(imports_within(package, depth=9))


def test_the_store_can_be_drawn_on_one_sheet() -> None:
    graph = imports_within("knowledge", depth=2)
    boxes = {*graph, *(below for belows in graph.values() for below in belows)}
    assert len(boxes) <= 25, sorted(boxes)
    assert floors(graph) <= 9


def folders() -> list[Path]:
    found = {
        path.parent for package in (*LAYERS, "sdk", "sources", "bench", "examples") for path in modules_of(package)
    }
    return sorted(folder for folder in found if "tests" not in folder.parts)


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: str(folder.relative_to(ROOT)))
def test_a_folder_is_small_and_says_what_is_in_it(folder: Path) -> None:
    assert len(list(folder.glob("*.py"))) <= MOST_MODULES
    if folder.name not in ("management", "commands", "templatetags", "sdk", "sources"):
        assert ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))), "no docstring"


def test_the_sdk_imports_none_of_the_packages() -> None:
    for path in modules_of("sdk"):
        assert not imported_packages(path) & {*LAYERS, "django"}, path


def test_the_sources_import_the_sdk_alone() -> None:
    for path in modules_of("sources"):
        assert not imported_packages(path) & {*LAYERS, "django", "examples", "bench"}, path


def reads_the_environment(path: Path) -> bool:
    """Whether it does more than name Django's settings, as every way in does, or switch a library's calls off."""
    source = path.read_text(encoding="utf-8").replace('os.environ.setdefault("DJANGO_SETTINGS_MODULE",', "(")
    source = source.replace('os.environ["ORT_DISABLE_TELEMETRY"]', "switched")
    read = {"environ", "environb", "getenv", "getenvb"}
    return any(
        node.attr in read and ast.unparse(node.value) == "os"
        if isinstance(node, ast.Attribute)
        else isinstance(node, ast.ImportFrom) and node.module == "os" and any(each.name in read for each in node.names)
        for node in ast.walk(ast.parse(source))
    )


def test_only_env_reads_the_environment() -> None:
    readers = {path.relative_to(ROOT) for room in LAYERS for path in modules_of(room) if reads_the_environment(path)}
    assert {str(path.parent) for path in readers} == {"config/env"}


def test_onnx_runtime_is_imported_where_its_telemetry_is_switched_off() -> None:
    importers = {str(path.relative_to(ROOT)) for room in LAYERS for path in modules_of(room) if imports_onnx(path)}
    assert importers == {"knowledge/embedding/onnx_runtime.py"}


def imports_onnx(path: Path) -> bool:
    return "import onnxruntime\n" in path.read_text(encoding="utf-8").replace(
        "knowledge.embedding.onnx_runtime import", ""
    )


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
    assert set(grouped) == {*Environment.model_fields, *ComposeVariables.model_fields}


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.name)
def test_what_is_written_from_the_declarations_is_as_they_are(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == pages()[path], "write it anew: python -m config.env"


def test_no_file_has_grown_past_reading() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for room in (*LAYERS, "sdk", "sources")
        for path in modules_of(room)
        if (lines := path.read_text(encoding="utf-8").count("\n")) > 350
    }
    assert not long


def test_no_line_of_a_template_has_grown_past_reading() -> None:
    """djangofmt breaks what may be broken; a sentence in an attribute may not."""
    long = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in (ROOT / "templates").rglob("*.html")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if len(line) > 140
    ]
    assert not long


def test_every_error_code_is_documented() -> None:
    import config.urls  # noqa: F401 - loads every class of error
    from core.errors import LarderError

    def codes(kind: type[LarderError]) -> set[str]:
        return {kind.code}.union(*(codes(each) for each in kind.__subclasses__()))

    documented = set(re.findall(r"`([a-z_-]+)`", (REFERENCE / "errors.md").read_text()))
    assert codes(LarderError) - {LarderError.code} <= documented


def test_every_status_is_the_documented_one() -> None:
    from config.statuses import DOCUMENTS_STATUS, MEMORY_STATUS, STATUS

    page = (REFERENCE / "errors.md").read_text().partition("## Why a sync run ended")[0]
    rows = re.findall(r"^\| (`[a-z_`, -]+`) \| (\d{3})(?: \((\d{3}) ([^|)]+)\))? \|", page, re.MULTILINE)
    told = {code: row[1:] for row in rows for code in re.findall("[a-z_-]+", row[0])}
    assert {code: int(status) for code, (status, _, _) in told.items()} == STATUS
    for where, table in {"below `/api/documents`": DOCUMENTS_STATUS, "in a memory": MEMORY_STATUS}.items():
        assert {code: int(other if where in at else status) for code, (status, other, at) in told.items()} == table


def test_no_view_of_errors_decides_a_status() -> None:
    deciders = {
        path.name: found
        for path in (ROOT / "config").glob("*.py")
        if path.name != "statuses.py"
        and (found := re.findall(r"status=\d{3}|problem\(\d|, [45]\d\d, \"", path.read_text(encoding="utf-8")))
    }
    assert deciders == {}


def test_every_limit_is_documented() -> None:
    limits = [name for name in Environment.model_fields if name.startswith("MAX_")]
    page = (REFERENCE / "limits.md").read_text()
    assert limits
    assert [name for name in limits if f"| `{name}` |" not in page] == []


def test_every_fault_has_tests_and_each_of_them_exists() -> None:
    rows = re.findall(r"^\| (\d+) \|.*\| (.+) \|$", (REFERENCE / "faults.md").read_text(), re.MULTILINE)
    numbers = [int(number) for number, _ in rows]
    assert len(numbers) == len(set(numbers))
    assert {*range(1, 35), 37, 41, *range(51, 57)} <= {*numbers}
    for number, tests in rows:
        named = re.findall(r"`(\w+/[\w/]+\.py)::(test_\w+)`", tests)
        missing = [name for path, name in named if f"def {name}(" not in (ROOT / "tests" / path).read_text()]
        assert named, number
        assert not missing, number
