import json
from datetime import UTC, datetime, timedelta

import pytest
from larder_sdk import Counts, KnowledgeDocument, KnowledgeTag, RetrievalLimits
from pydantic import ValidationError

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_a_document_with_a_ttl_expires_that_much_later() -> None:
    document = KnowledgeDocument.with_ttl(timedelta(hours=24), now=NOON, id="a", content="text")
    assert document.expires_at == NOON + timedelta(days=1)


def test_tags_travel_as_plain_strings() -> None:
    document = KnowledgeDocument(id="a", content="text", tags=[KnowledgeTag.EMPLOYEE, "acme:jira"])
    assert json.loads(document.model_dump_json())["tags"] == ["employee", "acme:jira"]
    assert f"{KnowledgeTag.EMPLOYEE}+{KnowledgeTag.EXECUTIVE}" == "employee+executive"


def test_the_excerpt_is_the_passage_that_was_met_or_everything() -> None:
    whole = KnowledgeDocument(id="a", content="one two three")
    hit = KnowledgeDocument.model_validate(
        whole.model_dump() | {"passage": {"ordinal": 1, "start": 4, "end": 7, "count": 3}}
    )
    assert (whole.excerpt, hit.excerpt) == ("one two three", "two")


@pytest.mark.parametrize("score", [-0.1, 1.1])
def test_a_score_stays_between_0_and_1(score: float) -> None:
    with pytest.raises(ValidationError):
        KnowledgeDocument(id="a", content="text", score=score)


def test_counts_add_up() -> None:
    assert Counts(upserted=2, created=2) + Counts(upserted=1, updated=1) == Counts(upserted=3, created=2, updated=1)


def test_counts_read_what_an_answer_mentions() -> None:
    assert Counts.read({"upserted": 3, "pending": None, "new": 1}) == Counts(upserted=3)


class Email:
    def __init__(self, retrieval_limits: object) -> None:
        self.retrieval_limits = retrieval_limits


@pytest.mark.parametrize(
    "carrier",
    [
        Email({"max_top_k": 3, "min_score_floor": 0.2}),
        Email(RetrievalLimits(max_top_k=3, min_score_floor=0.2)),
        {"retrieval_limits": {"max_top_k": 3, "min_score_floor": 0.2}},
    ],
)
def test_limits_only_tighten(carrier: object) -> None:
    limits = RetrievalLimits.of(carrier)
    assert limits.cap(10, 0.0) == (3, 0.2)
    assert limits.cap(2, 0.5) == (2, 0.5)


@pytest.mark.parametrize("carrier", [Email(None), object(), {}, None])
def test_nothing_carried_means_no_limits(carrier: object) -> None:
    assert RetrievalLimits.of(carrier).cap(1000, 0.0) == (1000, 0.0)


@pytest.mark.parametrize(
    "limits", [{"max_top_k": 0}, {"max_top_k": 1_001}, {"min_score_floor": -0.1}, {"min_score_floor": 1.1}]
)
def test_a_broken_policy_is_not_taken_for_none(limits: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        RetrievalLimits.of({"retrieval_limits": limits})


@pytest.mark.parametrize(("most", "floor"), [(1, 0.0), (1_000, 1.0)])
def test_the_bounds_of_limits_are_limits_themselves(most: int, floor: float) -> None:
    carried = {"retrieval_limits": {"max_top_k": most, "min_score_floor": floor}}
    assert RetrievalLimits.of(carried) == RetrievalLimits(max_top_k=most, min_score_floor=floor)


def test_the_tighter_of_two_limits_holds() -> None:
    strict = RetrievalLimits(max_top_k=3).tightened_by(RetrievalLimits(max_top_k=5, min_score_floor=0.1))
    assert strict == RetrievalLimits(max_top_k=3, min_score_floor=0.1)
