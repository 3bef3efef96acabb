"""`manage.py mcp` without a usable key; with one it is tried in `e2e`, by a real client."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("", "LARDER_KEY is not set"),
        ("larder_00000000_wrong", "LARDER_KEY: This access key is unknown, expired or revoked."),
    ],
)
def test_it_ends_with_a_sentence(db: None, settings: Any, key: str, told: str) -> None:
    settings.LARDER_KEY = key
    with pytest.raises(CommandError, match=told):
        call_command("mcp")
