"""The system on a page: every part, and a sentence for each that is away."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client
from django.utils import timezone

import core.redis
from providers.system import database, read_system


def test_every_part_shows_its_numbers(
    staff: Client,
    push: Callable[..., Any],
    all_ready: None,
    django_assert_max_num_queries: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(database, "MOST_SHOWN", 100)  # what is largest here depends on the tests before
    push("a")
    staff.get("/account/")  # a session is noted at its first look
    with django_assert_max_num_queries(12):
        page = staff.get("/system/").content.decode()
    for said in ("The system is well", "knowledge_passage", "pgvector", "embedding", "Cache hits", "TRASH_DAYS"):
        assert said in page


def test_silent_processes_come_with_the_way_back(staff: Client, db: None) -> None:
    page = staff.get("/system/live/").content.decode()
    assert "A part of the system does not answer" in page
    assert "celery -A config worker" in page


def test_without_redis_the_page_stays_and_says_so(
    staff: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from celery import current_app

    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(current_app.conf, "broker_write_url", settings.REDIS_URL)
    page = staff.get("/system/").content.decode()
    assert "Redis does not answer" in page
    assert "knowledge_document" in page


def test_no_secret_is_shown(staff: Client, settings: Any) -> None:
    settings.OLLAMA_URL = "http://me:hunter2@ollama.test:11434/?token=hunter3"
    settings.OPENAI_API_KEY = "hunter4"
    page = staff.get("/system/").content.decode()
    assert "http://ollama.test:11434/" in page
    assert "hunter" not in page
    assert settings.SECRET_KEY not in page


def test_the_disk_is_that_of_the_data_directory(db: None, settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    disk = read_system(now=timezone.now()).disk
    assert disk is not None
    assert 0 < disk.free_bytes <= disk.total_bytes
    settings.DATA_DIR = tmp_path / "elsewhere"
    assert read_system(now=timezone.now()).disk is None


def test_programs_read_the_same(
    api: Callable[..., Any], push: Callable[..., Any], settings: Any, tmp_path: Path
) -> None:
    push("a")
    settings.DATA_DIR = tmp_path
    told = api("admin")("get", "/api/v1/system").json()
    assert told["database"]["tables"][0].keys() >= {"name", "rows", "bytes"}
    assert told["cache"]["version"] == told["versions"]["Redis"]
    assert {each["name"] for each in told["processes"]} == {"web", "worker", "scheduler"}
    assert told["disk"]["path"] == str(tmp_path)
    assert api("analyzer")("get", "/api/v1/system").status_code == 403


def test_redis_that_hangs_does_not_hold_the_page_up() -> None:
    assert core.redis.client(configured.REDIS_URL).connection_pool.connection_kwargs["socket_timeout"] <= 5
