"""Answers where no view has one."""

import errno
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from config import health


@pytest.mark.parametrize("path", ["/api/v1/knowledge/query", "/health"])
def test_programs_are_told_which_methods_an_address_takes(db: None, path: str) -> None:
    answer = Client().patch(path)
    assert answer.status_code == 405
    assert answer.json() == {
        "code": "method_not_allowed",
        "detail": f"This address takes {answer['Allow']}, not PATCH.",
    }


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("patch", "/v1/collections", 405), ("get", "/v1/collections", 401), ("get", "/v1/none", 404)],
)
def test_below_v1_a_refusal_says_its_sentence_once_more(db: None, method: str, path: str, status: int) -> None:
    answer = getattr(Client(), method)(path)
    assert answer.status_code == status
    told = answer.json()
    assert told["error"] == {"message": told["detail"]}
    assert int(answer.headers.get("Content-Length", len(answer.content))) == len(answer.content)


def test_a_body_that_is_too_large_is_told_so_there_too(db: None, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 10
    answer = Client().post("/v1/collections/x/documents", data=b"x" * 5_000_000, content_type="multipart/form-data")
    assert answer.status_code >= 400
    assert answer.json()["error"]["message"] == answer.json()["detail"]


def test_elsewhere_a_refusal_stays_as_it_was(db: None) -> None:
    assert "error" not in Client().get("/api/v1/knowledge/stats").json()


def test_documents_clients_are_told_in_their_shape(db: None) -> None:
    answer = Client().patch("/api/documents")
    assert answer.status_code == 405
    assert answer.json()["error"].startswith("This address takes ")


def test_a_page_that_breaks_names_the_line_of_the_log_and_nothing_of_what_broke(admin_client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ingestion_file RENAME title_given TO lost")
    admin_client.raise_request_exception = False
    answer = admin_client.get("/files/", headers={"X-Correlation-ID": "request-77"})
    assert answer.status_code == 500
    assert "<code>request-77</code>" in answer.content.decode()
    assert "title_given" not in answer.content.decode()


def test_a_name_that_is_not_ours_is_refused_in_json_or_by_a_page(client: Client) -> None:
    program = client.get("/api/v1/knowledge/stats", headers={"Host": "elsewhere.example"})
    assert (program.status_code, program.json()["code"]) == (400, "invalid_request")
    person = client.get("/login/", headers={"Host": "elsewhere.example"})
    assert (person.status_code, "ALLOWED_HOSTS" in person.content.decode()) == (400, True)


def test_who_watches_a_process_may_ask_by_its_address(db: None, client: Client) -> None:
    assert client.get("/health", headers={"Host": "10.1.2.3:8000"}).status_code == 200
    assert client.get("/readiness", headers={"Host": "10.1.2.3:8000"}).status_code in (200, 503)


def test_a_full_disk_is_no_fault_of_the_client(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(health, "embedding_state", full)
    client.raise_request_exception = False
    answer = client.get("/readiness")
    assert (answer.status_code, answer.json()["code"]) == (503, "disk_full")
    assert answer.headers["Retry-After"]
