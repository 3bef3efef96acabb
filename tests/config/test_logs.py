"""Log lines: what they say, and what they belong to."""

import json
import logging
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from pytest_django import Settings

from config import env
from config.celery import enter_task, leave_task
from config.observability.logs import JsonFormatter, LineFormatter
from core.tracing import acceptable, log_context, log_ids
from tests.conftest import Api


def record(message: str = "run %s ends", *args: str, **fields: Any) -> logging.LogRecord:
    made = logging.LogRecord("larder.test", logging.WARNING, __file__, 1, message, args or ("7",), None)
    made.__dict__.update(fields)
    return made


def test_a_json_line_names_the_request_and_the_run() -> None:
    with log_context(request_id="r1"), log_context(run_id="u2"):
        line = json.loads(JsonFormatter().format(record()))
    assert line | {"at": ""} == {
        "at": "",
        "level": "warning",
        "logger": "larder.test",
        "message": "run 7 ends",
        "request_id": "r1",
        "run_id": "u2",
    }
    assert line["at"].endswith("Z")


def test_an_exception_stays_on_the_json_line() -> None:
    try:
        raise ValueError("bad\nthing")
    except ValueError:
        text = JsonFormatter().format(record(exc_info=sys.exc_info()))
    assert "\n" not in text
    assert "ValueError: bad\nthing" in json.loads(text)["exception"]


def test_a_line_for_people_shows_ids_only_where_there_are_any() -> None:
    assert LineFormatter().format(record()) == "WARNING larder.test run 7 ends"
    with log_context(run_id="u2"):
        assert LineFormatter().format(record()) == "WARNING larder.test run 7 ends  [run_id=u2]"


def test_threads_do_not_share_what_they_belong_to() -> None:
    seen = []
    with log_context(request_id="mine"):
        thread = threading.Thread(target=lambda: seen.append(log_ids()))
        thread.start()
        thread.join()
        assert log_ids() == {"request_id": "mine"}
    assert seen == [{}]
    assert log_ids() == {}


def test_a_task_names_itself_while_it_runs() -> None:
    enter_task(task_id="t1")
    assert log_ids() == {"task_id": "t1"}
    leave_task(task_id="t1")
    leave_task(task_id="t1")
    assert log_ids() == {}


@pytest.mark.parametrize("sent", ["abc-123", "0191:x.y_z", "a" * 128])
def test_the_clients_own_id_is_kept_and_sent_back(client: Client, sent: str) -> None:
    assert client.get("/health", headers={"X-Correlation-ID": sent}).headers["X-Correlation-ID"] == sent


def test_a_refused_request_is_reported_under_its_id(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    client.get("/no/such/page", headers={"X-Correlation-ID": "mine"})
    reported = next(each for each in caplog.records if each.name == "django.request")
    assert json.loads(JsonFormatter().format(reported))["request_id"] == "mine"


@pytest.mark.parametrize("sent", ["", "a b", "a" * 129, "<script>", "ü", 'x"y'])
def test_an_id_that_could_forge_a_line_is_replaced(client: Client, sent: str) -> None:
    got = client.get("/health", headers={"X-Correlation-ID": sent}).headers["X-Correlation-ID"]
    assert got != sent
    assert acceptable(got)


def test_requests_are_logged_where_it_is_asked_for(
    client: Client, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="larder.requests")
    client.get("/health")
    assert not caplog.records
    settings.LOG_REQUESTS = True
    client.get("/health")
    assert caplog.records[0].getMessage().startswith("GET /health 200 in ")


def test_an_address_cannot_begin_a_line_of_the_log(
    client: Client, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    settings.LOG_REQUESTS = True
    client.get("/no%0AERROR%20larder%20forged%1b")
    lines = [
        LineFormatter().format(each) for each in caplog.records if each.name in ("larder.requests", "django.request")
    ]
    assert len(lines) == 2
    assert not [line for line in lines if "\n" in line or "\x1b" in line]


def test_a_refusal_is_logged_with_its_address(api: Callable[..., Api], caplog: pytest.LogCaptureFixture) -> None:
    assert api("analyzer")("get", "/api/v1/audit").status_code == 403
    assert api(None)("get", "/api/v1/keys").status_code == 401
    told = [(each.levelname, each.getMessage()) for each in caplog.records if each.name == "django.request"]
    assert told == [("WARNING", "Forbidden: /api/v1/audit"), ("WARNING", "Unauthorized: /api/v1/keys")]


def test_a_format_that_does_not_exist_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_FORMAT", "xml")
    with pytest.raises(ImproperlyConfigured, match="line, json"):
        env.read()
