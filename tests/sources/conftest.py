"""Sources are tested without Django: against the client package's store in memory, or a real Larder."""

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from larder_sdk import KnowledgeDocument, SyncFakeKnowledgeClient
from larder_sources.config import Configured, read_config
from larder_sources.ledger import Ledger
from larder_sources.syncing import Synced, run_sync

NOW = datetime(2030, 5, 4, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def embedder() -> None:
    """Nothing is embedded here."""


@pytest.fixture(autouse=True)
def direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers on loopback are reached without a proxy that the machine may have."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


@dataclass
class Keeper:
    """A source named `handbook`, its ledger and its store, with the state that Larder keeps from sync to sync."""

    folder: Path
    options: dict[str, Any]
    environment: dict[str, str] = field(default_factory=dict)
    client: SyncFakeKnowledgeClient = field(default_factory=lambda: SyncFakeKnowledgeClient(source="handbook"))
    state: dict[str, Any] = field(default_factory=dict)
    now: datetime = NOW

    def configured(self) -> Configured:
        config = self.folder / "config.yaml"
        config.write_text(yaml.safe_dump({"sources": {"handbook": self.options}}))
        return read_config(config, "handbook", environment=self.environment, state_dir=self.folder / "state")

    def sync(self, *, keeps: bool = True, **options: Any) -> Synced:
        """One run; `keeps`: it succeeded, so that Larder keeps its state."""
        ledger = Ledger(self.folder / "ledger.sqlite3")
        stop = threading.Event()
        try:
            made: dict[str, Any] = {"state": self.state, "now": self.now, "stop": stop, **options}
            synced = run_sync(self.configured(), self.client, ledger, **made)
        finally:
            ledger.close()
        if keeps:
            self.state = synced.state
        return synced

    def documents(self) -> dict[str, KnowledgeDocument]:
        return {document.id: document for document in self.client.list()}

    def ids(self) -> list[str]:
        return sorted(self.documents())


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """An empty folder."""
    folder = tmp_path / "files"
    folder.mkdir()
    return folder


@pytest.fixture
def keeper(tmp_path: Path, files: Path) -> Keeper:
    """Of a folder."""
    return Keeper(folder=tmp_path, options={"kind": "folder", "path": str(files)})
