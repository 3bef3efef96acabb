"""What browsers have of our styles and scripts is not sent again."""

import pytest
from django.test import Client

PATH = "/static/css/tokens.css"
PACKED = {"Accept-Encoding": "gzip"}


def etag_of(client: Client, **headers: str) -> str:
    return client.get(PATH, headers=headers)["ETag"]


def test_a_style_that_came_packed_is_known_again(client: Client) -> None:
    first = client.get(PATH, headers=PACKED)
    assert (first["Content-Encoding"], first["ETag"][:2]) == ("gzip", "W/")
    again = client.get(PATH, headers={**PACKED, "If-None-Match": first["ETag"]})
    assert (again.status_code, again.getvalue(), again["ETag"]) == (304, b"", first["ETag"])
    assert "no-store" not in again.get("Cache-Control", "")


def test_so_is_one_that_came_as_it_is(client: Client) -> None:
    etag = etag_of(client)
    assert not etag.startswith("W/")
    assert client.get(PATH, headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize("condition", ['"another", {etag}', '{etag}, W/"another"', "*", "W/{etag}"])
def test_one_of_several_is_enough(client: Client, condition: str) -> None:
    asked = condition.format(etag=etag_of(client))
    assert client.get(PATH, headers={"If-None-Match": asked}).status_code == 304
    assert client.head(PATH, headers={"If-None-Match": asked}).status_code == 304


@pytest.mark.parametrize("condition", ['"another"', 'W/"another"', "{bare}", "W/{bare}", '"{bare}', ""])
def test_what_has_changed_since_comes_again(client: Client, condition: str) -> None:
    asked = condition.format(bare=etag_of(client).strip('"'))
    answer = client.get(PATH, headers={"If-None-Match": asked})
    assert answer.status_code == 200
    assert answer.getvalue()


def test_other_methods_are_refused_as_ever(client: Client) -> None:
    assert client.post(PATH, headers={"If-None-Match": "*"}).status_code == 405
