#!/usr/bin/env bash
# haystack-ai 3.4.1: texts are ordered as dates, whether a filter is refused depends on what is stored, and the published
# suite for filters is passed by a store whose `==` finds no number.
#
# Haystack's memory store is what other stores are compared with, and `haystack.testing` is what they have to pass. One would
# guess that a filter means the same on every day and for every content, and that the suite sees each operator find something.
# Seen:
#   - `>` on texts reads them as dates, by a parser that takes nearly anything: "100" > "99" is false (the years 100 and
#     1999), "1.10" > "1.9" is false (days in January), and "b" > "a" is a FilterError;
#   - `meta.number > "1"`, which the suite wants refused, is refused only once a document is reached that has a number: an
#     empty store answers [], and so does one whose documents lack the key; beside another condition under OR, the order of
#     the two decides;
#   - True is 1 for `==` and `in`, while a list that holds "a" is not "a";
#   - each test of `==` and `!=` asks for a number that no document of the suite has. So a store that takes no number for the
#     same as another passes all tests of `FilterDocumentsTest`. Only those of the extended suites, which delete, find it out.
# So a store needs tests of its own that compare with Haystack's evaluation, document by document.
#
# Output: a line for each, then `as described`. Fails when any of it changes.
set -euo pipefail
room="$(mktemp -d)"
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check haystack-ai==3.4.1 pytest==9.2.0
export HAYSTACK_TELEMETRY_ENABLED=False
cat >"$room/test_blind.py" <<'PYTHON'
import pytest
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack.testing import document_store as suite
from haystack.utils import filters

equal = filters.COMPARISON_OPERATORS["=="]


def blind(value, filter_value, **rest):
    return not isinstance(filter_value, int) and equal(value=value, filter_value=filter_value, **rest)


filters.COMPARISON_OPERATORS["=="] = blind
filters.COMPARISON_OPERATORS["!="] = lambda **asked: not blind(**asked)


@pytest.fixture
def document_store():
    return InMemoryDocumentStore()


class TestFilters(suite.FilterDocumentsTest):
    pass


class TestDeleting(suite.DeleteByFilterTest):
    pass
PYTHON
"$room/venv/bin/python" -W ignore - <<'PYTHON'
from haystack import Document
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack.errors import FilterError
from haystack.utils.filters import document_matches_filter


def compare(field, operator, value):
    return {"field": f"meta.{field}", "operator": operator, "value": value}


def holds(stored, operator, value):
    try:
        return document_matches_filter(compare("it", operator, value), Document(content="x", meta={"it": stored}))
    except FilterError:
        return "refused"


assert [holds(*each) for each in (("100", ">", "99"), ("1.10", ">", "1.9"), ("b", ">", "a"))] == [False, False, "refused"]
print('texts: "100" > "99" and "1.10" > "1.9" are false, "b" > "a" is refused')

store, wanted = InMemoryDocumentStore(), compare("number", ">", "1")


def found(filters):
    try:
        return len(store.filter_documents(filters))
    except FilterError:
        return "refused"


seen = [found(wanted)]
store.write_documents([Document(content="without", meta={"label": "a"})])
seen.append(found(wanted))
store.write_documents([Document(content="with", meta={"label": "b", "number": 1})])
seen.append(found(wanted))
either = [compare("label", "in", ["a", "b"]), wanted]
seen += [found({"operator": "OR", "conditions": each}) for each in (either, either[::-1])]
assert seen == [0, 0, "refused", 2, "refused"], seen
print('number > "1": nothing in an empty store and without the key, refused where a document has it; under OR by order')

assert [holds(1, "==", True), holds(1, "in", [True]), holds(["a"], "==", "a")] == [True, True, False]
print('1 is True, ["a"] is not "a"')
PYTHON
told="$("$room/venv/bin/python" -m pytest -q -p no:cacheprovider "$room/test_blind.py::TestFilters" | tail -1 || true)"
echo "a store whose == finds no number, the suite for filters: $told"
[[ "$told" =~ ^[0-9]+\ passed ]] && [[ "$told" != *failed* ]]
told="$("$room/venv/bin/python" -m pytest -q -p no:cacheprovider "$room/test_blind.py::TestDeleting" | tail -1 || true)"
echo "the same, the suite for deleting: $told"
[[ "$told" == *failed* ]]
echo "as described"
