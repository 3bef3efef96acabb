"""Records of a catalogue in plain sentences."""

from memory.extraction.rules.catalogue import read_triples_text
from tests.memory.extraction.told import WEDNESDAY, line_of


def rows(text: str) -> list[str]:
    return [line_of(fact) for fact in read_triples_text(text, spoken_at=WEDNESDAY).facts]


def test_a_record_is_read_with_its_type_and_identifier() -> None:
    diff = read_triples_text("Product Desk Lamp (sku-9) costs $45.50 and is made by Lumen GmbH.", spoken_at=WEDNESDAY)
    assert [line_of(fact) for fact in diff.facts] == ["Desk Lamp price $45.50", "Desk Lamp manufacturer Lumen GmbH"]
    assert [(row.name, row.type, row.slug) for row in diff.entities] == [
        ("Desk Lamp", "product", "sku-9"),
        ("Lumen GmbH", "organisation", ""),
    ]
    assert {fact.confidence for fact in diff.facts} == {1.0}


def test_a_record_of_any_type_is_read() -> None:
    assert rows("Policy Repairs (pol-3) has return window 45 days and is part of Warranty.") == [
        "Repairs return_window 45 days",
        "Repairs part_of Warranty",
    ]
    assert rows("Store Tartu Central (st_4) is located in Tartu and is open from 9 to 21.") == [
        "Tartu Central located_in Tartu",
        "Tartu Central opening_hours 9 to 21",
    ]
    assert rows("Employee Dana Reyes (emp-7) reports to Omar Haddad.") == ["Dana Reyes reports_to Omar Haddad"]


def test_a_record_may_have_keys_that_the_list_has_not() -> None:
    assert rows("Product Desk Lamp (sku-9) has colour red.") == ["Desk Lamp colour red"]


def test_a_second_sentence_goes_on_about_the_record() -> None:
    assert rows("Product Desk Lamp (sku-9) costs 45.50. It belongs to the category lighting.") == [
        "Desk Lamp price 45.50",
        "Desk Lamp belongs_to lighting",
    ]


def test_what_is_no_record_gives_nothing() -> None:
    for text in (
        "I live in Rome.",
        "Hello there.",
        "If Product X (x1) costs 3, buy it.",
        "I heard Dana works at Hooli.",
    ):
        assert not rows(text)
