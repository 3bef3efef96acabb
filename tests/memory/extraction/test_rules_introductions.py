"""Who somebody is: people are called after occupations, and occupations are written like names."""

import pytest

from tests.memory.extraction.told import told

NAMES = [
    ("I'm Anna Lindqvist.", ["me name Anna Lindqvist"]),
    ("I am Peter Baker.", ["me name Peter Baker"]),
    ("I'm Eva Almqvist from Uppsala.", ["me name Eva Almqvist", "me hometown Uppsala"]),
    ("I'm Peter Baker, a nurse from Graz.", ["me name Peter Baker", "me role nurse", "me hometown Graz"]),
]
TITLES = [
    ("I'm Head Chef at Noma.", ["me role Head Chef", "me works_at Noma"]),
    ("I'm Senior Product Manager at Shopify.", ["me role Senior Product Manager", "me works_at Shopify"]),
    ("I'm Night Porter at Hotel Sacher.", ["me role Night Porter", "me works_at Hotel Sacher"]),
    ("I'm a dentist.", ["me role dentist"]),
]
EITHER = ["I'm Bo Lindqvist.", "I'm Bo Forester.", "I'm Night Porter.", "I'm Chief Executive Officer."]


@pytest.mark.parametrize(("text", "facts"), [*NAMES, *TITLES])
def test_a_given_name_begins_a_name_and_a_rank_a_title(text: str, facts: list[str]) -> None:
    assert told(text) == facts


@pytest.mark.parametrize("text", EITHER)
def test_what_may_be_either_is_neither(text: str) -> None:
    assert not [line for line in told(text) if line.startswith(("me role", "me name"))]
