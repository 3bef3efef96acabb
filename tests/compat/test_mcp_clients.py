"""The protocol's TypeScript clients, unmodified, over both transports, and those of its own conformance tests that ask
for nothing but what a server of tools and resources has.
"""

import json
import sys
from pathlib import Path

import pytest

from tests import ROOT
from tests.compat.conftest import SCRIPTS, interpreter
from tests.compat.node import run_node, speaking_with
from tests.e2e.conftest import Larder, send_first_messages, wait_for

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

TEXT = "Parcels leave our building every morning at nine."
CLIENTS = [("sdk", "legacy", ""), ("client", "legacy", "2025-11-25"), ("client", "auto", "2026-07-28")]
"""The family, how it negotiates, and the version that comes of it; the older one does not tell."""

SCENARIOS = ("server-initialize", "ping", "tools-list", "resources-list", "dns-rebinding-protection")
"""All others ask for tools, prompts and resources that only a server made for these tests has."""


@pytest.fixture(scope="module")
def installed() -> Path:
    return interpreter("mcp-typescript").parent.parent


@pytest.fixture(scope="module")
def key(larder: Larder) -> str:
    provider = larder.client(larder.create_key("mcp provider", role="provider", source="mcp"))
    pushed = {"documents": [{"id": "parcels", "content": TEXT}]}
    assert provider.post("/api/v1/knowledge/bulk-upsert", json=pushed).status_code == 200
    found = larder.create_key("mcp analyzer", role="analyzer", source="mcp")
    analyzer = larder.client(found)
    wait_for(lambda: analyzer.post("/api/v1/knowledge/query", json={"text": "parcels"}).json()["documents"])
    send_first_messages(larder, found)
    return found


@pytest.mark.parametrize("transport", ["http", "stdio"])
@pytest.mark.parametrize(("family", "mode", "version"), CLIENTS, ids=["1.x", "2.x legacy", "2.x auto"])
def test_a_typescript_client_finds_reads_and_is_told_what_is_wrong(
    larder: Larder, installed: Path, key: str, transport: str, family: str, mode: str, version: str
) -> None:
    command = [f"{larder.url}/mcp"] if transport == "http" else [sys.executable, str(ROOT / "manage.py"), "mcp"]
    script = [str(SCRIPTS / "mcp_client.cjs"), str(installed), family, mode, transport, key, *command]
    told = json.loads(run_node(installed, *script, LARDER_DATA_DIR=str(larder.data_dir)))
    assert told == {
        "server": ["larder", True],
        "version": version,
        "tools": ["search", "search_collection", "read_document", "list_tags", "list_sources"],
        "found": ["mcp/parcels"],
        "cited": True,
        "read": TEXT,
        "wrong": [True, "invalid_request"],
        "text": TEXT,
        "unknown": told["unknown"],
    }
    assert "There is no tool 'nothing'." in told["unknown"]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_scenario_of_the_conformance_tests_holds(
    larder: Larder, installed: Path, key: str, tmp_path: Path, scenario: str
) -> None:
    program = installed / "node_modules" / "@modelcontextprotocol" / "conformance" / "dist" / "index.js"
    with speaking_with(key, larder.url) as address:
        asked = ["server", "--url", f"{address}/mcp", "--scenario", scenario, "-o", str(tmp_path)]
        run_node(installed, str(program), *asked)
    checks = json.loads(next(tmp_path.rglob("checks.json")).read_text())
    assert checks
    assert [each for each in checks if each["status"] not in ("SUCCESS", "INFO")] == []
