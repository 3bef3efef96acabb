"""Our TypeScript client as it is built, in Node.js and in a real browser, and whether its types are the server's."""

import os
import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Route, sync_playwright

from tests import ROOT
from tests.compat.conftest import interpreter
from tests.compat.node import run_node, speaking_with
from tests.e2e.browser.conftest import CHROMIUM, HOW_TO_GET_ONE, QUIET
from tests.e2e.conftest import Larder

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

CLIENT = ROOT / "integrations" / "typescript"
COMPILER = "node_modules/typescript/bin/tsc"
KINDS = {".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript"}
SCENARIO = """async () => {
    const larder = await import("/page/dist/index.js");
    const { play, EXPECTED } = await import("/page/tests/scenario.mjs");
    const client = new larder.LarderClient({ url: location.origin, source: "typescript-browser" });
    return [await play(larder, client), EXPECTED];
}"""


@pytest.fixture(scope="module")
def node() -> Path:
    return interpreter("mcp-typescript").parent.parent


@pytest.fixture(scope="module")
def key(larder: Larder) -> str:
    return larder.create_key("typescript", role="admin")


@pytest.fixture(scope="module")
def built(node: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The client in a folder of its own, compiled; what its types should refuse is refused, or the compiler says so."""
    modules = ROOT / ".compat" / "typescript-client" / "node_modules"
    if not modules.exists():
        missing = "What builds the TypeScript client is not installed: run `make compat`."
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    folder = tmp_path_factory.mktemp("typescript") / "client"
    shutil.copytree(CLIENT, folder, ignore=shutil.ignore_patterns("dist", "node_modules"))
    (folder / "node_modules").symlink_to(modules)
    for project in (folder, folder / "tests"):
        run_node(node, str(folder / COMPILER), "-p", str(project))
    return folder


def test_it_does_in_node_what_it_says(node: Path, built: Path, larder: Larder, key: str) -> None:
    tests = sorted(map(str, (built / "tests").glob("*.test.mjs")))
    told = run_node(node, "--test", "--test-reporter=tap", *tests, LARDER_URL=larder.url, LARDER_KEY=key)
    sums = dict(re.findall(r"^# (tests|pass|fail|cancelled|skipped|todo) (\d+)$", told, re.MULTILINE))
    assert sums == {"tests": "12", "pass": "12", "fail": "0", "cancelled": "0", "skipped": "0", "todo": "0"}, told


def test_its_types_are_those_of_the_server(node: Path, built: Path, larder: Larder, key: str, tmp_path: Path) -> None:
    with larder.client(key) as asking:
        document = asking.get("/api/openapi.json").text
    written = tmp_path / "api.ts"
    run_node(node, str(built / "generate.mjs"), str(written), given=document)
    assert written.read_text() == (CLIENT / "src" / "api.ts").read_text(), "write them anew: make types"


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason=HOW_TO_GET_ONE)
def test_it_does_the_same_in_a_browser_that_holds_no_key(built: Path, larder: Larder, key: str) -> None:
    assert CHROMIUM, HOW_TO_GET_ONE

    def give(route: Route) -> None:
        path = built / route.request.url.partition("/page/")[2]
        body = "<!doctype html><title>A page</title>" if path.suffix == ".html" else path.read_text()
        route.fulfill(body=body, content_type=KINDS[path.suffix])

    with speaking_with(key, larder.url) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page()
        page.route(f"{address}/page/**", give)
        page.goto(f"{address}/page/index.html")
        seen, expected = page.evaluate(SCENARIO)
        browser.close()
    assert seen == expected
