"""Files that are refused, with the line of every fault."""

import pytest

from providers.manifest.nodes import MOST_CHARS
from tests.providers.manifest.files import one, refused

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("fields", "line", "sentence"),
    [
        ("url: http://a.test\nurl: http://b.test", 5, "`url` stands twice, first in line 4"),
        ("url: http://a.test\nsync_shedule: x", 5, "is `sync_schedule` meant?"),
        ("url: http://a.test\nwhatever: 1", 5, "there is no field `whatever`."),
        ("url: 8100", 4, "`url` is a text; put it in quotes."),
        ("url: [a]", 4, "`url` is a text."),
        ("url:", 4, "`url` is a text."),
        ("url: http://a.test\nenabled: 1", 5, "`enabled` is true or false."),
        ("url: http://a.test\nenabled:", 5, "`enabled` is true or false."),
        ("url: http://a.test\nsync_timeout_ms: 1.5", 5, "`sync_timeout_ms` is a whole number."),
        ("url: http://a.test\nsync_timeout_ms: 9999999999999999999999", 5, "The timeout is between"),
        ("url: http://a.test\nname: 2026-01-01", 5, "put it in quotes"),
        ("url: http://a.test\nsync_schedule: '99 * * * *'", 5, "not 99"),
        ("url: http://a.test\ntimezone: Mars/Olympus", 5, "is not a time zone"),
        ("url: http://a.test\nsecret_env: UNSET", 5, "the variable 'UNSET' is not set"),
        ("url: http://a.test\nsecret: ümlaut", 5, "plain ASCII"),
        ("url: http://a.test\nsecret: a\nsecret_env: WIKI_SECRET", 6, "not both"),
        ("url: ftp://a.test", 4, "must begin with http"),
        ("name: nameless", 3, "the `url` is missing"),
        ("url: &u http://a.test\nname: *u", 5, "*u is an alias"),
        ("url: !!python/object/apply:os.system ['id']", 4, "The tag !!python"),
        ("\turl: http://a.test", 4, "A tab in the indentation"),
        ('url: "http://a.test\\0"', 4, "cannot be used"),
        ("url: 'http://a.test", 5, "This is no YAML"),
    ],
)
def test_a_faulty_provider_is_refused_with_its_line(fields: str, line: int, sentence: str) -> None:
    faults = refused(one(fields))
    assert [fault for fault in faults if fault[0] == line and sentence in fault[1]], faults


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("", 1, "empty"),
        ("- a\n", 1, "mapping of names"),
        ("\n\nemail: {}\n", 1, "declares neither"),
        ("plugin: {}\nstages: []\n", 1, "is `plugins` meant?"),
        ("plugins:\n  context_provider: {}\n", 2, "is `context_providers` meant?"),
        ("plugins: 1\n", 1, "`plugins` is a mapping"),
        ("plugins:\n  context_providers: [a]\n", 2, "mapping of ids"),
        ("plugins:\n  context_providers:\n    wiki: http://a\n", 3, "a provider is a mapping"),
        ("plugins:\n  context_providers:\n    Not A Slug: {url: 'http://a.test'}\n", 3, "An id is 1 to 64"),
        ("plugins:\n  context_providers:\n    \"w\\0\": {url: 'http://a.test'}\n", 3, "An id is 1 to 64"),
        ("plugins:\n  context_providers:\n    new: {url: 'http://a.test'}\n", 3, "address of a page"),
        ("plugins: {}\n--- \nplugins: {}\n", 2, "no YAML"),
        ("plugins:\n  ? [a]\n  : b\n", 2, "A name is plain text"),
        ("plugins: \x07\n", 1, "U+0007"),
        ("a: " + "[" * 5_000 + "]" * 5_000, 1, "nests too deeply"),
        ("#" * (MOST_CHARS + 1), 1, "the limit is 1,000,000"),
    ],
)
def test_a_faulty_file_is_refused_with_its_line(text: str, line: int, sentence: str) -> None:
    faults = refused(text)
    assert [fault for fault in faults if fault[0] == line and sentence in fault[1]], faults


def test_a_billion_laughs_are_refused_at_the_first() -> None:
    laughs = "a: &a [x, x]\n" + "".join(f"{c}: &{c} [*{p}, *{p}]\n" for p, c in zip("abcdefg", "bcdefgh", strict=True))
    assert refused(laughs) == [(2, "*a is an alias; write out what it stands for.")]


def test_every_fault_of_a_file_is_told_at_once_in_its_order() -> None:
    text = one("url: ftp://a.test\ntimezone: Mars\nsync_schedule: '* *'")
    assert [line for line, _ in refused(text)] == [4, 5, 6]
