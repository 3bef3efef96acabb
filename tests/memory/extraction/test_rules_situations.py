"""How somebody or something stands, what stands in front of a clause, and what is a rule; and what only sounds so."""

import pytest

from tests.memory.extraction.told import read, told

STATES = [
    ("I'm on the front desk at Hale & Co.", ["me position on front desk at Hale & Co"]),
    ("My son is in Year 9.", ["me son_grade Year 9"]),
    ("My parents are both in their eighties.", ["me parents_age in eighties"]),
    ("My sister Ana is a ward sister.", ["me has_sibling Ana", "Ana role ward sister"]),
    ("My brother is afraid of heights.", ["me brother_afraid_of heights"]),
    ("My back is bad.", ["me back_status bad"]),
    ("I've got a bad knee.", ["me has bad knee"]),
    ("The Mill Lane job is four weeks behind.", ["Mill Lane job status four weeks behind"]),
    ("Budget for the lobby is capped at $85,000.", ["Budget for lobby limit $85,000"]),
    ("My visa is valid until December 2027.", ["me visa_status valid"]),
    ("I've been at the library in Rathmines for twenty-two years.", ["me position at the library in Rathmines"]),
    ("Ray Dombrowski is our foreman on site.", ["Ray Dombrowski is our foreman on site"]),
    ("I'm a widow.", ["me is widow"]),
    ("My wife Ellen passed away in 2019.", ["me late_wife Ellen", "Ellen died 2019"]),
    ("My father passed away last year.", ["me father_died 2025"]),
    ("My accountant is called Benoît Caron.", ["me accountant Benoît Caron"]),
]
FRONTED = [
    ("For cutting we use Festool.", ["me uses Festool", "me uses_festool_for cutting"]),
    (
        "Tuesdays and Fridays I play bridge over at the hall.",
        ["me plays bridge over at the hall Tuesdays and Fridays"],
    ),
    ("Every month I am sending 400 euro to my parents.", ["me sends 400 euro to my parents every month"]),
]
JOINED = [
    ("I'm lactose intolerant so cheese wrecks me.", ["me intolerant_to lactose"], 1),
    ("The Mill Lane job is late because the steel showed up on Monday.", [], 2),
    ("My lizard's name is Beans, he's a leopard gecko.", ["me has_pet Beans", "Beans breed leopard gecko"], 0),
    (
        "I look after my mum, she's got dementia.",
        ["me looks_after mum", "me mum_has dementia"],
        0,
    ),
    ("My boyfriend's called Amir and he works at Hooli.", ["me boyfriend_name Amir", "Amir works_at Hooli"], 0),
]
RULED = [
    ("Rex must not eat grapes.", ["Rex must_not eat grapes"]),
    ("Contracts must be signed in the office.", ["Contracts must be signed in the office"]),
    ("I can't lift more than ten kilos.", ["me cannot lift more than ten kilos"]),
    ("We don't sell knives to children.", ["me does_not sell knives to children"]),
    ("There's a fifteen percent discount for veterans.", ["me there_is fifteen percent discount for veterans"]),
    ("There are no keys for number 14.", ["me there_is_no keys for number 14"]),
    ("I take three sugars in my tea and no milk.", ["me tea_preference three sugars and no milk"]),
    ("Three men work for me.", ["me employees three men"]),
]
TOLD = [
    ("I take blood pressure tablets and a statin.", ["me takes blood pressure tablets and a statin"]),
    ("I do employment law, mainly for tech firms.", ["me does employment law, mainly for tech firms"]),
    ("My sister's wedding is on the ninth of May in Exeter.", ["me sisters_wedding_date the ninth of May in Exeter"]),
    ("My mother lives with us.", ["me lives_with mother"]),
    ("I live with me nan in Erdington.", ["me lives_in Erdington", "me lives_with nan"]),
    ("I've got 600 ewes and four rams up on the hill.", ["me has 600 ewes and four rams up on the hill"]),
    ("The boiler gets serviced each October.", ["boiler serviced each October"]),
    ("I never work on Good Friday.", ["me does_not work on Good Friday"]),
    ("Mondays are swim lessons.", ["me swim_lessons Mondays"]),
    ("My assistant is called Giulia, she works in Rome.", ["me assistant_name Giulia", "Giulia works_in Rome"]),
    (
        "My neighbour Colin feeds the cat when I'm away.",
        ["me neighbour Colin", "Colin feeds cat when I'm away"],
    ),
]
DUTIES = ["I have to take my pills with food.", "I need to renew my passport before May."]
ONLY_SOUNDS_SO = [
    "My boss is on my back.",
    "My back is against the wall.",
    "She's a ray of sunshine.",
    "My son is a little monster.",
    "Tom is my rock.",
    "My sister is on cloud nine.",
    "I'm good at nothing.",
    "I've swapped to the dark side.",
    "On stage I play a doctor.",
    "In my head I own a castle.",
    "My husband thinks he's a chef.",
    "My gran was a midwife.",
    "I'm not on nights any more.",
    "Tom must be married by now.",
    "He must be tired.",
    "There's no way I'm going.",
    "I've got 99 problems.",
    "I have two left feet.",
    "I have nine lives.",
    "I do great things.",
    "He does mind games.",
    "My wife is a good cook.",
    "My boss pushes my buttons every day.",
    "I burn the candle at both ends on weekdays.",
    "I jump at every chance.",
    "I work in my sleep.",
    "I can't sleep.",
    "My laptop is on strike.",
    "I'm married with three girls.",
    "My cat is a nurse to my dog.",
]


@pytest.mark.parametrize(("text", "expected"), [*STATES, *FRONTED, *RULED, *TOLD])
def test_it_is_told_whole(text: str, expected: list[str]) -> None:
    assert (told(text), read(text).unread) == (expected, ())


@pytest.mark.parametrize(("text", "expected", "unread"), JOINED)
def test_each_of_two_clauses_is_read_for_itself(text: str, expected: list[str], unread: int) -> None:
    assert (told(text), len(read(text).unread)) == (expected, unread)


@pytest.mark.parametrize("text", DUTIES)
def test_what_has_to_be_done_is_told_as_unread(text: str) -> None:
    assert (told(text), len(read(text).unread)) == ([], 1)


@pytest.mark.parametrize("text", ONLY_SOUNDS_SO)
def test_what_only_sounds_like_a_state_claims_nothing(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "The vet of Luna is Dr. Fuentes.",
        "Call out fee is 120 dollars.",
        "Call out fee's 120 dollars after six.",
        "Milk comes on Thursday like we planned.",
        "Cement comes on Thursday, not on Wednesday as planned.",
    ],
)
def test_what_is_not_read_is_told(text: str) -> None:
    assert (told(text), read(text).unread) == ([], (text.rstrip("."),))


@pytest.mark.parametrize("text", ["For the role play: I am a pirate and my ship is the Gull.", "We planned to move."])
def test_fiction_and_former_plans_claim_nothing(text: str) -> None:
    assert told(text) == []


def test_the_day_of_what_starts_is_not_that_of_the_relation() -> None:
    child, school = read("My daughter Runa starts school in September.").facts
    assert (child.key, child.valid_from, school.key, school.value) == ("has_child", None, "starts", "school")
    assert school.valid_from is not None


def test_numbers_in_words_go_past_sixteen() -> None:
    assert told("My sister turns eighteen on the ninth of May.") == ["me sister_age 18 future"]
