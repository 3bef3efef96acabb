"""Answers where no view has one."""

import pytest
from django.test import Client


@pytest.mark.parametrize("path", ["/api/v1/knowledge/query", "/v1/collections", "/health"])
def test_programs_are_told_which_methods_an_address_takes(db: None, path: str) -> None:
    answer = Client().patch(path)
    assert answer.status_code == 405
    assert answer.json() == {
        "code": "method_not_allowed",
        "detail": f"This address takes {answer['Allow']}, not PATCH.",
    }


def test_documents_clients_are_told_in_their_shape(db: None) -> None:
    answer = Client().patch("/api/documents")
    assert answer.status_code == 405
    assert answer.json()["error"].startswith("This address takes ")
