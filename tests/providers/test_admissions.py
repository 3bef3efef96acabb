"""An answer that looks like a success and admits that it is none."""

from typing import Any

import pytest

from providers.runs.admissions import admitted_failure

ADMITS: list[tuple[dict[str, Any], str]] = [
    ({"success": False}, "`success` is false"),
    ({"ok": False}, "`ok` is false"),
    ({"ok": 0}, "`ok` is 0"),
    ({"Success": "False"}, "`success` is 'False'"),
    ({"status": "error"}, "`status` is 'error'"),
    ({"status": "FAILED"}, "`status` is 'FAILED'"),
    ({"status": "partial_success"}, "`status` is 'partial_success'"),
    ({"state": "cancelled"}, "`state` is 'cancelled'"),
    ({"status": 500}, "`status` is 500"),
    ({"error": "page 2: timeout"}, "`error` is 'page 2: timeout'"),
    ({"error": {"code": 7}}, "`error` is '{\"code\": 7}'"),
    ({"error": True}, "`error` is true"),
    ({"errors": ["a", "b"]}, '`errors` is \'["a", "b"]\''),
    ({"errors": 2}, "`errors` is 2"),
    ({"last_error": "x"}, "`last_error` is 'x'"),
    ({"failed": 3}, "`failed` is 3"),
    ({"failed": ["d1"]}, "`failed` is '[\"d1\"]'"),
    ({"upserted": 16, "success": False, "error": "page 2"}, "`success` is false, `error` is 'page 2'"),
    ({"success": False, "message": "page 2 is missing"}, "`success` is false, 'page 2 is missing'"),
]
IS_WELL: list[dict[str, Any]] = [
    {},
    {"upserted": 0},
    {"success": True, "ok": True, "status": "ok"},
    {"success": None, "status": None},
    {"status": "success"},
    {"status": "done"},
    {"status": 200},
    {"error": None, "errors": [], "last_error": "", "failed": 0},
    {"error": False, "errors": {}, "failed": "0"},
    {"error": "none"},
    {"message": "3 pages failed to load at first"},
    {"state": {"error": 1}},
]


@pytest.mark.parametrize(("fields", "told"), ADMITS)
def test_what_admits_a_failure_is_told_in_its_words(fields: dict[str, Any], told: str) -> None:
    assert admitted_failure({"upserted": 16, **fields}, status=200) == told


@pytest.mark.parametrize("fields", IS_WELL)
def test_what_is_empty_or_well_admits_nothing(fields: dict[str, Any]) -> None:
    assert not admitted_failure(fields, status=200)


@pytest.mark.parametrize("status", [206, 207])
def test_an_answer_for_a_part_admits_that_the_rest_is_missing(status: int) -> None:
    assert str(status) in admitted_failure({"upserted": 4}, status=status)
