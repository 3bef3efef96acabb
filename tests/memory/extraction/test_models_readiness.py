"""Whether the models' server is well, told with the fix, and settings that cannot be meant."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from config import checks
from core.waiting.breaker import FAILURES
from memory.extraction.models import probing
from memory.extraction.models.server import ModelServer
from memory.readiness import readiness_rows
from providers.system.readiness import ReadinessRow, readiness
from tests.providers import scripted
from tests.providers.scripted import Provider, Script, provider, script_of

OPENAI = {"object": "list", "data": [{"id": "small"}, {"id": "large"}]}
OLLAMA = {"models": [{"name": "small:latest"}, {"name": "large:latest"}]}


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(probing, "PROBE_MS", 500)
    probing._remembered.clear()
    yield
    probing._remembered.clear()


@pytest.fixture
def configured(settings: Settings) -> Any:
    def configure(server: Provider | str, *, api: str = "openai", key: str = "", fast: str = "small") -> ModelServer:
        settings.MEMORY_MODEL_URL = server if isinstance(server, str) else server.url
        settings.MEMORY_MODEL_API, settings.MEMORY_MODEL_KEY = api, key
        settings.MEMORY_FAST_MODEL, settings.MEMORY_STRONG_MODEL = fast, "large"
        found = ModelServer(url=settings.MEMORY_MODEL_URL, api=api, key=key)
        found.breaker.note_success()
        return found

    return configure


def row() -> ReadinessRow:
    [found] = readiness_rows()
    return found


def test_without_a_server_there_is_nothing_to_say(settings: Settings) -> None:
    settings.MEMORY_MODEL_URL = ""
    assert readiness_rows() == []


@pytest.mark.parametrize(("api", "path", "listed"), [("openai", "/v1/models", OPENAI), ("ollama", "/api/tags", OLLAMA)])
def test_a_server_that_has_the_models_is_well(configured: Any, api: str, path: str, listed: object) -> None:
    with provider(script_of(200, listed)) as server:
        configured(server, api=api, key="secret")
        assert (row().state, row().fix) == ("ok", "")
        assert [asked.path for asked in server.asked] == [path]
        assert server.asked[0].headers["authorization"] == "Bearer secret"


def test_one_that_lists_no_models_is_believed(configured: Any) -> None:
    for script in (script_of(404), script_of(200, b"<html>"), script_of(200, [1]), script_of(200, {"data": 3})):
        with provider(script) as server:
            configured(server)
            assert row().state == "ok"


@pytest.mark.parametrize(
    ("script", "fix"),
    [
        (script_of(500), "check MEMORY_MODEL_URL"),
        (script_of(401), "Check MEMORY_MODEL_KEY"),
        (scripted.hang, "check MEMORY_MODEL_URL"),
        (scripted.endless, "check MEMORY_MODEL_URL"),
        (script_of(200, {"models": [{"name": "other"}]}), "`ollama pull small`"),
    ],
)
def test_whatever_is_wrong_comes_with_its_fix(configured: Any, script: Script, fix: str) -> None:
    with provider(script) as server:
        configured(server, api="ollama")
        found = row()
    assert (found.state, found.ready) == ("warn", True)
    assert fix in found.fix


def test_a_server_that_is_left_alone_is_told(configured: Any) -> None:
    with provider(script_of(200, OPENAI)) as server:
        breaker = configured(server).breaker
        for _ in range(FAILURES):
            breaker.note_failure()
        assert "several times in a row" in row().detail
        breaker.note_success()
        assert row().state == "ok"


@pytest.mark.django_db
def test_it_is_a_row_of_the_whole_systems_readiness(configured: Any, now: datetime) -> None:
    configured("http://127.0.0.1:1")
    [found] = [each for each in readiness(now=now) if each.name == "model server"]
    assert "refuses connections" in found.detail


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"MEMORY_FAST_MODEL": "small"}, "MEMORY_FAST_MODEL is set, and MEMORY_MODEL_URL is not"),
        ({"MEMORY_STRONG_MODEL": "large"}, "MEMORY_STRONG_MODEL is set, and MEMORY_MODEL_URL is not"),
        ({"MEMORY_MODEL_URL": "http://localhost:1"}, "no model is named"),
        ({"MEMORY_MODEL_URL": "http://u:p@host", "MEMORY_FAST_MODEL": "small"}, "a key stands in MEMORY_MODEL_KEY"),
        ({"MEMORY_MODEL_URL": "http://169.254.169.254", "MEMORY_FAST_MODEL": "small"}, "metadata service"),
    ],
)
def test_settings_that_cannot_be_meant_end_the_start(settings: Settings, values: dict[str, str], sentence: str) -> None:
    for name, value in values.items():
        setattr(settings, name, value)
    with pytest.raises(ImproperlyConfigured, match=sentence):
        checks.judge_settings()
