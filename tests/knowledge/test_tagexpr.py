"""`a+b|c`: what it reads, what it refuses and where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tags import nearest_tag
from knowledge.tagexpr import MAX_BRANCHES, MAX_TAGS, TagExpression, TagExpressionInvalid, parse_tags

TAGS = st.from_regex(r"\A[a-z0-9][a-z0-9_\-:]*\Z")
EXPRESSIONS = st.lists(
    st.lists(TAGS, min_size=1, max_size=4, unique=True).map(tuple), min_size=1, max_size=6, unique=True
)
BLANKS = st.text(" \t\n", max_size=2)


@pytest.mark.parametrize(
    ("text", "branches"),
    [
        ("employee", (("employee",),)),
        ("employee+executive|director", (("employee", "executive"), ("director",))),
        ("a|b+c|d", (("a",), ("b", "c"), ("d",))),
        ("document:annual-report_2024", (("document:annual-report_2024",),)),
        ("  a  +\tb |\n c ", (("a", "b"), ("c",))),
        ("0+9", (("0", "9"),)),
        ("a+b+a|c|c", (("a", "b"), ("c",))),
    ],
)
def test_reads_alternatives_of_tags(text: str, branches: tuple[tuple[str, ...], ...]) -> None:
    assert parse_tags(text) == TagExpression(branches)


@pytest.mark.parametrize("text", [None, "", " ", "\t\n"])
def test_a_blank_expression_is_no_filter(text: str | None) -> None:
    assert parse_tags(text) is None


@pytest.mark.parametrize(
    ("text", "position", "found", "expected"),
    [
        ("+a", 0, "'+'", "a tag"),
        ("|", 0, "'|'", "a tag"),
        ("a+", 2, "the end", "a tag"),
        ("a| ", 3, "the end", "a tag"),
        ("a++b", 2, "'+'", "a tag"),
        ("a|+b", 2, "'+'", "a tag"),
        ("a b", 2, "'b'", "'+', '|' or the end"),
        ("a&b", 1, "'&'", "'+', '|' or the end"),
        ("(a|b)+c", 0, "'('", "a tag"),
        ("a+(b|c)", 2, "'('", "a tag"),
        ("Finance", 0, "'F'", "a tag"),
        ("fiNance", 2, "'N'", "'+', '|' or the end"),
        ("_a", 0, "'_'", "a tag"),
        ("a|:b", 2, "':'", "a tag"),
        ("straße", 4, "'ß'", "'+', '|' or the end"),
        ("a٣", 1, "'٣'", "'+', '|' or the end"),
        ("a,b", 1, "','", "'+', '|' or the end"),
        ("a\x00", 1, r"'\x00'", "'+', '|' or the end"),
        ("\ud800", 0, r"'\ud800'", "a tag"),
    ],
)
def test_refuses_anything_else_and_says_where(text: str, position: int, found: str, expected: str) -> None:
    with pytest.raises(TagExpressionInvalid) as refused:
        parse_tags(text)
    assert refused.value.code == "invalid_tag_expression"
    assert refused.value.extra == {"position": position}
    assert f"at position {position}: found {found}, expected {expected}" in refused.value.detail


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Café", "; for 'Café' the nearest tag is 'cafe'."),
        ("hr|Straße+x", "; for 'Straße' the nearest tag is 'strasse'."),
        ("Cafe\u0301", "; for 'Cafe\u0301' the nearest tag is 'cafe'."),
        ("Q3 2024", "; for 'Q3 2024' the nearest tag is 'q3_2024'."),
        ("ＨＲ", "; for 'ＨＲ' the nearest tag is 'hr'."),
        ("ærø", "; for 'ærø' the nearest tag is 'aero'."),
        ("a|日本", "; for '日本' no tag is near, as tags have the letters a to z only."),
        ("(a|b)+c", "digits, '_', '-' and ':')."),
        ("a++b", "digits, '_', '-' and ':')."),
    ],
)
def test_what_was_meant_for_a_tag_is_told_the_nearest_one(text: str, told: str) -> None:
    with pytest.raises(TagExpressionInvalid) as refused:
        parse_tags(text)
    assert refused.value.detail.endswith(told)


@given(st.text(max_size=20))
def test_the_nearest_tag_is_a_tag_and_its_own_nearest(text: str) -> None:
    if nearest := nearest_tag(text):
        assert parse_tags(nearest) == TagExpression(((nearest,),))
        assert nearest_tag(nearest) == nearest


def test_the_largest_expression_is_read() -> None:
    branch = "+".join(f"t{index}" for index in range(15))
    assert len(parse_tags("|".join(f"{branch}+b{index}" for index in range(62))).branches) == 62
    assert len(parse_tags("|".join(f"b{index}" for index in range(MAX_BRANCHES))).branches) == MAX_BRANCHES
    assert len(parse_tags("+".join(f"b{index}" for index in range(MAX_TAGS))).branches[0]) == MAX_TAGS


@pytest.mark.parametrize(
    ("text", "limit"),
    [("|".join("a" * (MAX_BRANCHES + 1)), "64 alternatives"), ("+".join("a" * (MAX_TAGS + 1)), "1,000 tags")],
)
def test_a_huge_expression_is_refused(text: str, limit: str) -> None:
    with pytest.raises(TagExpressionInvalid, match=limit) as refused:
        parse_tags(text)
    assert 0 < refused.value.extra["position"] < len(text)


@pytest.mark.parametrize(
    ("text", "tags", "verdict"),
    [
        ("a+b", ["a", "b", "c"], True),
        ("a+b", ["a"], False),
        ("a+b|c", ["c"], True),
        ("a+b|c", ["b"], False),
        ("a", [], False),
        ("a", ["ab"], False),
    ],
)
def test_matches_documents_that_hold_all_tags_of_a_branch(text: str, tags: list[str], verdict: bool) -> None:
    assert parse_tags(text).matches(tags) is verdict


@given(EXPRESSIONS, st.data())
def test_what_is_written_out_reads_back_as_itself(branches: list[tuple[str, ...]], data: st.DataObject) -> None:
    expression = TagExpression(tuple(branches))
    assert parse_tags(str(expression)) == expression
    loose = "".join(
        f"{data.draw(BLANKS)}{char}{data.draw(BLANKS)}" if char in "+|" else char for char in str(expression)
    )
    assert parse_tags(loose) == expression


@given(st.text(st.sampled_from("ab0+|: _-A("), max_size=12))
def test_any_text_is_read_or_refused_within_its_bounds(text: str) -> None:
    try:
        expression = parse_tags(text)
    except TagExpressionInvalid as refused:
        assert 0 <= refused.extra["position"] <= len(text)  # noqa: PT017 -- either is right, for some texts
    else:
        assert expression is None or parse_tags(str(expression)) == expression
