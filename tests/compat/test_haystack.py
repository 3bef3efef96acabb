"""Haystack's published suites for document stores, and what they leave out, on `larder-haystack`."""

from pathlib import Path

import pytest

from tests.compat.integrations import passed
from tests.e2e.conftest import Larder

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


def test_haystacks_own_suites_pass_whole(larder: Larder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAYSTACK_TELEMETRY_ENABLED", "False")
    key = larder.create_key("haystack", role="admin")
    assert passed("larder-haystack", "haystack", larder, key, tmp_path) == 167
