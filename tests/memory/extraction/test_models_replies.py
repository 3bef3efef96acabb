"""What a model wrote, read as far as it almost keeps to the schema, and refused with each fault where it does not."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.extraction.models.decoding import MOST_DEPTH, decode
from memory.extraction.models.faults import ReplyInvalid
from memory.extraction.models.instants import read_instant
from memory.extraction.models.reply import DEFAULT_CONFIDENCE, KINDS, MOST_ROWS, UNSURE, read_reply
from tests.memory.extraction.played import attribute, reply

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*KINDS, "name", "value"]), inner),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Sure! Here is what I found.", "no JSON"),
        ("", "no JSON"),
        ('{"entities": [', "no JSON"),
        ("[1, 2]", "no object"),
        ('"entities"', "no object"),
        ("null", "no object"),
        ("{}", "none of entities"),
        ('{"facts": []}', "none of entities"),
        ('{"entities": {}}', "entities is no list"),
        ('{"entities": "Alice"}', "entities is no list"),
        ('{"entities": ["Alice"]}', "entities.0"),
        ('{"entities": [{"title": "Alice"}]}', "entities.0.name: field required"),
        ('{"attributes": [{"entity": "Alice", "key": "role", "value": {"is": "CTO"}}]}', "attributes.0.value"),
        ('{"attributes": [{"entity": "Alice", "key": "role", "value": true}]}', "attributes.0.value"),
        ('{"entities": [], "entities": []}', "one name twice"),
        ('{"attributes": [{"confidence": NaN}]}', "NaN is no JSON"),
        ('{"attributes": [{"confidence": -Infinity}]}', "-Infinity is no JSON"),
        ('{"entities": [' + "9" * 5_000 + "]}", "number that is none"),
        ('{"entities": ' + "[" * 50 + "]" * 50 + "}", "nested too deep"),
        ("[" * 100_000, "nested too deep"),
        ('{"a":' * 100_000, "nested too deep"),
    ],
)
def test_a_reply_that_is_none_is_refused_with_its_fault(text: str, fault: str) -> None:
    with pytest.raises(ReplyInvalid, match=fault) as caught:
        read_reply(text)
    assert len(str(caught.value)) < 1_000


def test_of_many_faults_the_first_are_told() -> None:
    rows = [{"title": "x"}] * 40
    with pytest.raises(ReplyInvalid) as caught:
        read_reply(json.dumps({"entities": rows}))
    assert len(caught.value.faults) == 5


@pytest.mark.parametrize("fence", ["```json\n{}\n```", "```\n{}\n```", "  ```JSON\n{}\n```  \n", "{}"])
def test_a_fence_of_markdown_is_taken_off(fence: str) -> None:
    assert read_reply(fence.replace("{}", json.dumps(reply()))).is_empty


def test_lists_that_are_missing_or_null_are_empty_and_other_fields_ignored() -> None:
    found = read_reply('{"entities": [{"name": "Riga", "colour": 3}], "relations": null, "mood": "fine"}')
    assert [row.name for row in found.entities] == ["Riga"]
    assert not found.relations


def test_rows_beyond_fifty_of_a_kind_are_dropped_and_counted() -> None:
    found = read_reply(json.dumps(reply(entities=[{"name": f"N{number}"} for number in range(MOST_ROWS + 7)])))
    assert len(found.entities) == MOST_ROWS
    assert found.dropped == 7


@pytest.mark.parametrize(("given", "read"), [(29.99, "29.99"), (3, "3"), (None, ""), ("x", "x")])
def test_a_number_is_what_its_digits_say(given: object, read: str) -> None:
    assert read_reply(json.dumps(reply(attributes=[attribute("A", "price", given)]))).attributes[0].value == read


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("0.9", 0.9), ("0", 0.0), ("1", 1.0), ("null", DEFAULT_CONFIDENCE), ("1.01", UNSURE), ("-0.1", UNSURE),
        ("1e999", UNSURE), ("90", UNSURE), ('"high"', UNSURE), ("true", UNSURE), ("[0.9]", UNSURE),
    ],
)  # fmt: skip
def test_a_confidence_that_is_none_misses_every_floor(given: str, read: float) -> None:
    text = '{"attributes": [{"entity": "A", "key": "k", "value": "v", "confidence": here}]}'.replace("here", given)
    assert read_reply(text).attributes[0].confidence == read


def test_json_may_be_as_deep_as_a_reply_could_ever_be() -> None:
    assert decode("[" * MOST_DEPTH + "]" * MOST_DEPTH)


@given(st.text(max_size=200) | ANY_JSON.map(json.dumps))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(ReplyInvalid):
        assert read_reply(text).dropped == 0


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("2026-03-01", "2026-03-01T00:00:00+00:00"),
        ("2026-03", "2026-03-01T00:00:00+00:00"),
        ("2026", "2026-01-01T00:00:00+00:00"),
        ("2026-03-01T10:00:00", "2026-03-01T10:00:00+00:00"),
        ("2026-03-01T10:00:00Z", "2026-03-01T10:00:00+00:00"),
        ("2026-03-01T10:00:00+02:00", "2026-03-01T08:00:00+00:00"),
        (" 2026-03-01 ", "2026-03-01T00:00:00+00:00"),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:00:00-14:00", None),
        ("10000-01-01", None),
        ("0000-01-01", None),
        ("-0044-03-15", None),
        ("2026-02-30", None),
        ("March", None),
        ("", None),
    ],
)
def test_a_time_is_in_utc_and_within_the_years_that_there_are(given: str, read: str | None) -> None:
    found = read_instant(given)
    assert (found.isoformat() if found else None) == read


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_none(text: str) -> None:
    found: Any = read_instant(text)
    assert found is None or found.tzinfo is not None
