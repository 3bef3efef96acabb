"""The table of reconciliation, a test for each of its rows."""

from datetime import UTC, datetime, timedelta

import pytest

from memory.extraction.diff import (
    EntityRow,
    InstructionAction,
    InstructionRow,
    Modality,
    Move,
    UncertaintyRow,
)
from memory.models import SourceKind
from memory.vocabulary.topics import topic_of
from tests.memory.reconciliation.story import DAY, Story, effects, related, said

BEFORE, LATER = DAY - timedelta(days=60), DAY + timedelta(days=30)


def instruction(text: str, action: InstructionAction = InstructionAction.SET) -> InstructionRow:
    return InstructionRow(label=text, description=text, topic=topic_of(text), action=action)


def test_row_1_what_is_new_is_created() -> None:
    story = Story()
    decided = story.tell(related("works_at", "Acme"), said("role", "CTO", said_with="works_at"))
    assert effects(decided) == ["created", "created"]
    assert (decided.created, decided.updated, decided.relations_created) == (3, 0, 2)  # the speaker, Acme, the role
    assert story.one("works_at").valid_from == DAY


def test_an_end_in_words_is_kept_where_nothing_was_known_that_it_ends() -> None:
    gone = related("works_at", "Acme", move=Move.END), said("used_to", "work at Acme", unless_ended="works_at")
    story = Story()
    assert effects(story.tell(*gone)) == ["created"]
    assert story.values("used_to") == {"work at Acme"}
    story = Story()
    story.tell(related("works_at", "Acme"), at=BEFORE)
    assert effects(story.tell(*gone)) == ["closed"]
    assert story.values("used_to") == set()


def test_row_2_what_is_known_is_confirmed() -> None:
    story = Story()
    story.tell(related("works_at", "Acme"))
    decided = story.tell(related("works_at", "ACME Inc."), at=LATER)
    assert effects(decided) == ["confirmed"]
    assert (decided.created, decided.updated, decided.relations_created) == (0, 0, 0)
    assert (story.one("works_at").proof_count, story.one("works_at").valid_from) == (2, DAY)
    story.tell(related("works_at", "Acme", valid_from=BEFORE), at=LATER)
    assert (story.one("works_at").proof_count, story.one("works_at").valid_from) == (3, BEFORE)


def test_row_3_a_key_of_many_values_takes_another() -> None:
    story = Story()
    story.tell(said("allergic_to", "peanuts"))
    decided = story.tell(said("allergic_to", "shellfish", move=Move.ADD))
    assert story.values("allergic_to") == {"peanuts", "shellfish"}
    assert (effects(decided), decided.corrections) == (["created"], [])


def test_row_4_a_change_supersedes() -> None:
    story = Story()
    story.tell(related("works_at", "Acme"), at=BEFORE)
    begins = DAY - timedelta(days=7)
    decided = story.tell(related("works_at", "Globex", valid_from=begins))
    old, new = story.one("works_at", state="superseded"), story.one("works_at")
    assert (old.ended_at, old.known_until, new.supersedes_id) == (begins, DAY, old.id)
    assert effects(decided) == ["superseded"]
    assert [(each.old, each.new) for each in decided.corrections] == [("Acme", "Globex")]
    assert (decided.created, decided.updated, decided.relations_created) == (1, 1, 1)


def test_row_5_a_correction_retracts() -> None:
    story = Story()
    story.tell(related("reports_to", "Bob"), at=BEFORE)
    decided = story.tell(related("reports_to", "Carol", move=Move.CORRECT, instead_of="Bob"))
    old, new = story.one("reports_to", state="retracted"), story.one("reports_to")
    assert (old.ended_at, old.known_until) == (old.valid_from, DAY)
    assert new.valid_from == BEFORE  # it was so all along
    assert [(each.old, each.new) for each in decided.corrections] == [("Bob", "Carol")]


@pytest.mark.parametrize("confidence", [0.4, 0.69])
def test_row_6_below_the_floor_nothing_is_replaced(confidence: float) -> None:
    story = Story()
    story.tell(related("lives_in", "Lisbon"))
    decided = story.tell(related("lives_in", "Porto", confidence=confidence, modality=Modality.HEDGED))
    assert (story.values("lives_in"), story.values("lives_in", state="tentative")) == ({"Lisbon"}, {"Porto"})
    assert (effects(decided), story.doubts) == (["tentative"], {("lives_in", "contradiction")})


def test_row_6_what_is_plain_enough_outweighs_what_was_plainer() -> None:
    story = Story()
    story.tell(related("lives_in", "Lisbon", confidence=0.95))
    story.tell(related("lives_in", "Porto", confidence=0.85))
    assert story.values("lives_in") == {"Porto"}


def test_row_7_two_values_at_once_are_both_tentative() -> None:
    story = Story()
    story.tell(related("lives_in", "Lisbon"), related("lives_in", "Porto"))
    assert (story.values("lives_in"), story.values("lives_in", state="tentative")) == (set(), {"Lisbon", "Porto"})
    assert story.doubts == {("lives_in", "contradiction")}


def test_row_7_one_of_two_that_repeats_what_is_known_is_confirmed() -> None:
    story = Story()
    story.tell(related("lives_in", "Lisbon"))
    decided = story.tell(related("lives_in", "Lisbon"), related("lives_in", "Porto"))
    assert effects(decided) == ["confirmed", "tentative"]
    assert story.values("lives_in") == {"Lisbon"}


def test_row_7_values_of_different_times_are_a_chain() -> None:
    story = Story()
    until = DAY - timedelta(days=10)
    story.tell(related("works_at", "Acme", valid_until=until), related("works_at", "Globex", valid_from=until))
    assert (story.values("works_at"), story.values("works_at", state="closed")) == ({"Globex"}, {"Acme"})
    assert story.doubts == set()


def test_row_8_a_joke_is_told_and_what_follows_it_is_taken() -> None:
    story = Story()
    joke = UncertaintyRow(about="role", kind="joke", reason="CEO was a joke", entity="$self", key="role")
    story.tell(said("role", "CTO"), uncertainties=[joke])
    assert (story.values("role"), story.doubts) == ({"CTO"}, {("role", "joke")})


def test_row_9_what_is_curated_stays_against_what_is_said() -> None:
    story = Story()
    policy = EntityRow(name="Returns policy", type="policy")
    window = said("return_window", "30 days", of="Returns policy")
    story.tell(window, entities=[policy], kind=SourceKind.DOCUMENT)
    decided = story.tell(said("return_window", "60 days", of="Returns policy"), entities=[policy])
    assert (story.values("return_window"), story.values("return_window", state="claim")) == ({"30 days"}, {"60 days"})
    assert (effects(decided), story.doubts) == (["tentative"], {("Returns policy return_window", "curated")})
    assert effects(story.tell(window, entities=[policy])) == ["confirmed"]


def test_row_10_what_is_curated_takes_the_place_of_what_was_said() -> None:
    story = Story()
    story.tell(said("price", "29.99", of="Widget A"))
    decided = story.tell(said("price", "31.50", of="Widget A"), kind=SourceKind.TRIPLES)
    assert (story.values("price"), story.values("price", state="claim")) == ({"31.50"}, {"29.99"})
    assert effects(decided) == ["superseded"]


def test_row_10_what_is_equal_becomes_curated_without_a_word() -> None:
    story = Story()
    story.tell(said("price", "29.99", of="Widget A"))
    story.tell(said("price", "29.99", of="Widget A"), kind=SourceKind.TRIPLES)
    assert (story.one("price").source_kind, story.doubts) == (SourceKind.TRIPLES, set())


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        (SourceKind.DOCUMENT, SourceKind.TRIPLES, "2"),
        (SourceKind.TRIPLES, SourceKind.DOCUMENT, "1"),
        (SourceKind.NODE, SourceKind.DOCUMENT, "1"),
        (SourceKind.NODE, SourceKind.NODE, "2"),
    ],
)
def test_row_11_of_two_curated_sources_trust_decides_then_time(first: str, second: str, kept: str) -> None:
    story = Story()
    story.tell(said("price", "1", of="Widget A"), kind=first, at=BEFORE)
    story.tell(said("price", "2", of="Widget A"), kind=second)
    assert story.values("price") == {kept}


def test_row_11_two_curated_sources_of_one_time_contradict() -> None:
    story = Story()
    story.tell(said("price", "1", of="Widget A"), kind=SourceKind.NODE)
    story.tell(said("price", "2", of="Widget A"), kind=SourceKind.NODE)
    assert (story.values("price"), story.doubts) == ({"1"}, {("Widget A price", "contradiction")})


def test_row_11_the_last_word_of_an_operator_counts() -> None:
    story = Story()
    story.tell(said("price", "1", of="Widget A"), kind=SourceKind.TRIPLES)
    decided = story.tell(said("price", "2", of="Widget A"), kind=SourceKind.TRIPLES)
    assert (story.values("price"), story.doubts) == ({"2"}, set())
    assert (decided.created, decided.updated, decided.relations_created) == (0, 1, 0)


def test_row_12_hearsay_is_a_claim() -> None:
    story = Story()
    story.tell(related("works_at", "Contoso", of="Omar"))
    reported = {"asserted_by": "Dana", "modality": Modality.REPORTED, "confidence": 0.5}
    story.tell(related("works_at", "Contoso", of="Omar", **reported))
    assert (story.one("works_at").proof_count, story.doubts) == (2, set())
    story.tell(related("works_at", "Initech", of="Omar", **reported))
    assert story.values("works_at") == {"Contoso"}
    assert story.doubts == {("Omar works_at", "reported")}


def test_row_12_hearsay_ends_nothing() -> None:
    story = Story()
    story.tell(related("works_at", "Contoso", of="Omar"))
    story.tell(related("works_at", "Contoso", of="Omar", move=Move.END, asserted_by="Dana"))
    assert (story.values("works_at"), story.doubts) == ({"Contoso"}, {("Omar works_at", "reported")})


def test_row_13_an_end_of_what_is_not_known_is_nothing() -> None:
    story = Story()
    decided = story.tell(said("role", "manager", move=Move.END))
    assert (decided.created_facts, decided.told, story.doubts) == ([], [], set())


def test_row_14_an_end_closes_with_what_was_said_as_a_part_of_it() -> None:
    story = Story()
    story.tell(related("works_at", "Acme"), said("role", "designer", said_with="works_at"), at=BEFORE)
    decided = story.tell(related("works_at", "Acme", move=Move.END))
    assert (story.facts("works_at"), story.facts("role")) == ([], [])
    closed = story.one("works_at", state="closed")
    assert (closed.ended_at, closed.known_until, effects(decided)) == (DAY, DAY, ["closed"])
    assert story.values("role", state="closed") == {"designer"}


def test_row_14_an_end_to_come_is_noted() -> None:
    story = Story()
    story.tell(related("works_at", "Acme"))
    story.tell(related("works_at", "Acme", move=Move.END, valid_from=LATER))
    assert (story.one("works_at").ended_at, story.one("works_at").known_until) == (LATER, None)


def test_row_15_what_begins_later_ends_the_present_then() -> None:
    story = Story()
    story.tell(related("lives_in", "Lisbon"))
    story.tell(related("lives_in", "Porto", valid_from=LATER, modality=Modality.FUTURE))
    present, planned = sorted(story.facts("lives_in"), key=lambda each: each.valid_from or DAY)
    assert (present.value, present.ended_at, present.known_until) == ("Lisbon", LATER, None)
    assert (planned.value, planned.valid_from, planned.ended_at) == ("Porto", LATER, None)


def test_row_15_a_change_before_a_plan_leaves_the_plan() -> None:
    story = Story()
    story.tell(related("lives_in", "Lisbon"))
    story.tell(related("lives_in", "Porto", valid_from=LATER, modality=Modality.FUTURE))
    story.tell(related("lives_in", "Braga"), at=DAY + timedelta(days=1))
    assert {(each.value, each.ended_at) for each in story.facts("lives_in")} == {("Braga", LATER), ("Porto", None)}
    assert story.values("lives_in", state="superseded") == {"Lisbon"}


def test_row_15_a_plan_that_comes_true_early_is_confirmed() -> None:
    story = Story()
    story.tell(related("lives_in", "Lisbon"))
    story.tell(related("lives_in", "Porto", valid_from=LATER, modality=Modality.FUTURE))
    moved = DAY + timedelta(days=1)
    story.tell(related("lives_in", "Porto", valid_from=moved), at=moved)
    assert (story.one("lives_in").value, story.one("lives_in").valid_from) == ("Porto", moved)
    assert story.one("lives_in", state="superseded").ended_at == moved


def test_row_16_a_stated_end_is_kept() -> None:
    story = Story()
    story.tell(said("status", "on leave", valid_until=LATER))
    assert (story.one("status").valid_from, story.one("status").valid_until) == (DAY, LATER)
    story.tell(said("status", "travelling", valid_from=LATER), at=LATER)
    assert story.values("status") == {"on leave", "travelling"}


def test_row_16_what_is_over_is_kept_as_over() -> None:
    story = Story()
    story.tell(related("works_at", "Acme", valid_until=BEFORE))
    assert (story.facts("works_at"), story.one("works_at", state="closed").ended_at) == ([], BEFORE)


def test_row_17_a_time_that_cannot_be_read_is_unknown() -> None:
    story = Story()
    when = UncertaintyRow(about="lives_in", kind="time", reason="a while ago", entity="$self", key="lives_in")
    story.tell(related("lives_in", "Porto", time_unresolved="a while ago"), uncertainties=[when])
    assert (story.one("lives_in").valid_from, story.doubts) == (None, {("lives_in", "time")})
    story.tell(related("lives_in", "Porto", valid_from=BEFORE))
    assert (story.one("lives_in").valid_from, story.doubts) == (BEFORE, set())


def test_row_18_what_was_said_earlier_takes_its_place_in_the_chain() -> None:
    story = Story()
    story.tell(related("works_at", "Acme"), at=datetime(2026, 1, 1, tzinfo=UTC))
    story.tell(related("works_at", "Globex"), at=datetime(2026, 3, 1, tzinfo=UTC))
    story.tell(related("works_at", "Initech"), at=datetime(2026, 2, 1, tzinfo=UTC))
    assert story.values("works_at") == {"Globex"}
    ended = sorted(story.facts("works_at", state="superseded"), key=lambda each: each.valid_from or DAY)
    assert [(each.value, each.ended_at) for each in ended] == [
        ("Acme", datetime(2026, 2, 1, tzinfo=UTC)),
        ("Initech", datetime(2026, 3, 1, tzinfo=UTC)),
    ]


def test_row_19_forgetting_closes_the_key_and_nothing_else() -> None:
    story = Story()
    story.tell(related("works_at", "Acme"), related("lives_in", "Lisbon"))
    story.tell(said("works_at", move=Move.FORGET))
    assert (story.values("works_at"), story.values("lives_in")) == (set(), {"Lisbon"})


def test_row_20_instructions_of_one_topic_replace_each_other() -> None:
    story = Story()
    three, five = "keep answers under three sentences", "keep answers under five sentences"
    story.tell(instructions=[instruction(three)])
    assert story.tell(instructions=[instruction(three)]).instructions == []
    story.tell(instructions=[instruction(five)])
    assert {each.label: each.active for each in story.known.instructions} == {three: False, five: True}


def test_row_20_an_instruction_that_is_taken_back_stays_inactive() -> None:
    story = Story()
    story.tell(instructions=[instruction("Always answer in French")])
    decided = story.tell(instructions=[instruction("Stop answering in French", InstructionAction.REVOKE)])
    assert [(each.label, each.active) for each in decided.told_instructions] == [("Always answer in French", False)]
    assert len(story.known.instructions) == 1


def test_row_21_a_clear_value_resolves_what_was_open() -> None:
    story = Story()
    story.tell(related("lives_in", "Lisbon"), related("lives_in", "Porto"))
    decided = story.tell(related("lives_in", "Porto"))
    assert (story.values("lives_in"), story.values("lives_in", state="retracted")) == ({"Porto"}, {"Lisbon"})
    assert (len(decided.resolved), story.doubts) == (1, set())


def test_row_21_a_hedged_value_resolves_nothing() -> None:
    story = Story()
    story.tell(related("lives_in", "Lisbon"), related("lives_in", "Porto"))
    story.tell(related("lives_in", "Porto", confidence=0.4, modality=Modality.HEDGED))
    assert story.doubts == {("lives_in", "contradiction")}


def test_row_22_the_same_turn_again_only_confirms() -> None:
    story = Story()
    turn = (related("works_at", "Acme"), said("role", "CTO", said_with="works_at"), said("likes", "tea"))
    story.tell(*turn)
    decided = story.tell(*turn)
    assert (effects(decided), decided.created_facts) == (["confirmed"] * 3, [])
    assert (decided.created, decided.updated, decided.relations_created) == (0, 0, 0)
