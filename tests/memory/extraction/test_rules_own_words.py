"""What no family and no plain verb reads, told in its own words where a number, a name or a time anchors it."""

import pytest

from tests.memory.extraction.told import read, told

CHARGES = [
    ("I bill 48 an hour, 70 after six.", ["me bills 48 an hour, 70 after six"]),
    ("I get all my timber from Nolan's in Cork.", ["me gets all my timber from Nolan's in Cork"]),
    ("My lorry does 9 miles to the gallon.", ["me lorry_does 9 miles to the gallon"]),
    ("My aunt lends us her caravan.", ["me aunt_lends_speaker caravan"]),
    ("I live ten miles from the coast.", ["me lives ten miles from the coast"]),
    ("Visits cost 30 before noon and 40 after.", ["Visits price 30 before noon and 40 after"]),
    ("My trailer has a winch on it.", ["me trailer_has winch"]),
    ("It takes me twenty minutes to get to college.", ["me time_to_get_to_college twenty minutes"]),
]
CONCRETE = [
    ("My gran knits for the hospice.", ["me gran_knits_for hospice"]),
    ("My brother does the books.", ["me brother_does books"]),
    ("I hand out leaflets at the station.", ["me hands_out leaflets at the station"]),
    ("I keep the seed tin under the stairs.", ["me keeps seed tin under the stairs"]),
    ("My sister snores.", ["me sister_habit snoring"]),
    ("My dog only eats rice.", ["me dog_eats only rice"]),
    ("We buy our eggs from the smallholding up the lane.", ["me buys eggs from the smallholding up the lane"]),
    ("I park behind the chapel.", ["me parks_behind chapel"]),
    ("I painted the shed door myself last week.", ["me painted shed door"]),
    ("My cousin's doing a placement with Arup.", ["me cousin_doing placement with Arup"]),
    ("I did my degree in Cork.", ["me did degree in Cork"]),
]
AGAIN = [
    ("Every other Friday I sweep the church.", ["me sweeps church every other Friday"]),
    ("Most evenings we're home by six.", ["me availability home by six most evenings"]),
    ("Saturdays are my day off.", ["me day_off Saturdays"]),
    ("The pitch is flooded every winter.", ["pitch flooded every winter"]),
    ("Trays are washed on Monday mornings.", ["Trays washed on Monday mornings"]),
]
SECOND = [
    ("We use a new till. It is called Zettle.", ["me uses new till", "me till_name Zettle"]),
    ("We got a trailer. It is a green Ifor.", ["me owns trailer", "me trailer green Ifor"]),
    ("I have a sister. Her name is Ana and she lives in Porto.", ["me has_sibling Ana", "Ana lives_in Porto"]),
    ("We have a dog. He's called Rex.", ["me has_pet Rex"]),
]
NAMED = [
    ("Our striker, Femi, coaches the girls on Saturdays.", ["me striker Femi", "Femi coaches girls on Saturdays"]),
    ("Our head, Mrs Ito, retires in June.", ["me head Mrs Ito", "Mrs Ito retires 2026-06 future"]),
    ("Jo Marsh runs the bar and Dr Reed covers Fridays.", ["Jo Marsh runs bar", "Dr Reed covers Fridays"]),
    ("My eldest, Carla, lives in Bath.", ["me has_child Carla", "Carla lives_in Bath"]),
    ("One of my tenants has asthma.", ["me one_of_tenants_has asthma"]),
]
DENIED = [
    ("I don't work Mondays.", ["me does_not work Mondays"]),
    ("We don't deliver on Sundays.", ["me does_not deliver on Sundays"]),
    ("I never book through agencies.", ["me does_not book through agencies"]),
    ("I can't work on Saturdays.", ["me cannot work on Saturdays"]),
    ("I don't do roof work.", ["me does_not do roof work"]),
    ("We no longer do weddings.", ["me does weddings ended"]),
    ("We stopped taking cheques in May.", ["me takes cheques ended"]),
]
THERE = [
    ("There are four of us in the band.", ["me band_has four people"]),
    ("There are twelve horses in our stable.", ["me stable_has twelve horses"]),
    ("There's a ladder behind the shed.", ["ladder location behind the shed"]),
    ("We're a crew of six.", ["me group_size six"]),
]
WHEN = [
    ("Check-out is by eleven.", ["Check-out time by eleven"]),
    ("Visiting is from ten till noon.", ["Visiting time ten till noon"]),
    ("Registration closes on the twentieth.", ["Registration closes_on twentieth"]),
    ("Order numbers start with KX.", ["Order numbers starts_with KX"]),
    ("We meet at the Anchor on the last Friday of the month.", ["me meets_at Anchor on the last Friday of the month"]),
    ("We're switching to Xero next month.", ["me switched_to Xero future"]),
    ("We're upgrading to version 9 next month.", ["me upgraded_to version 9 future"]),
    ("My essay is due on 4 May.", ["me essay_deadline 4 May"]),
    ("The choir was founded in 1951.", ["choir founding_year 1951"]),
    ("The forms have to be in by Monday.", ["forms deadline Monday"]),
]
STATES = [
    ("My horse is twelve and nearly deaf.", ["me horse_age 12", "me horse_status nearly deaf"]),
    ("My windscreen is cracked.", ["me windscreen_status cracked"]),
    ("My lodger is off sick.", ["me lodger_status off sick"]),
    ("Dogs are banned.", ["Dogs described_as banned"]),
    ("I'm the youngest of four.", ["me birth_order youngest of four"]),
    ("We're five miles from the border.", ["me location five miles from the border"]),
    ("My son is at uni in Exeter.", ["me son_location_now at uni in Exeter"]),
    ("The vet is off until the new year.", ["vet status off until new year"]),
    ("Our best seller is the rye loaf.", ["me best_seller rye loaf"]),
    ("Mum goes to choir on Wednesdays.", ["me mum_goes_to choir on Wednesdays"]),
    ("My tutor is a retired judge.", ["me tutor_role retired judge"]),
    ("I'm in my final year of nursing at Derby.", ["me grade final year of nursing at Derby"]),
    ("The depot is next to the canal.", ["depot location next to the canal"]),
    ("The spare tent is with Ravi this week.", ["spare tent kept_by Ravi"]),
]
WISHES = [
    ("I'd rather cycle than drive.", ["me prefers cycle rather than drive"]),
    ("My daughter wants a pony.", ["me daughter_wants a pony"]),
    ("My nephew is training to be a chef.", ["me nephew_training_as chef"]),
]
HAPPENED = [
    ("I tore my hamstring.", ["me tore hamstring"]),
    ("I've climbed two volcanoes.", ["me climbed two volcanoes"]),
    ("My van failed its MOT.", ["me van_failed MOT"]),
]
WHENEVER = [
    ("Zoe waters the plants while I'm away.", ["Zoe waters plants while I'm away"]),
    ("My aunt feeds the hens when we travel.", ["me aunt_feeds hens when we travel"]),
]
ALL = [
    *CHARGES,
    *CONCRETE,
    *AGAIN,
    *SECOND,
    *NAMED,
    *DENIED,
    *THERE,
    *WHEN,
    *STATES,
    *WISHES,
    *HAPPENED,
    *WHENEVER,
]
TRAPS = [
    "Our manager walks on water.",
    "I carry this team every Monday.",
    "I run the risk twice a day.",
    "I broke the news on Tuesday.",
    "We tore the place up on Friday.",
    "Tom lost his mind on Friday.",
    "My boss eats interns for breakfast.",
    "That exam killed me on Friday.",
    "I have told you a million times.",
    "I take Tom.",
    "I have two minutes.",
    "I have a meeting at two.",
    "The kettle is on.",
    "I can't let Tom down.",
    "I buy time from the bank.",
    "I get grief from my aunt.",
    "There is a man at the door.",
    "My car is under the weather.",
    "My best friend is a book.",
    "Our best bet is the train.",
    "Whoever bakes for the market gets a stall.",
    "I only bake for the market when asked.",
    "My former keeper, Sam, plays for Luton.",
    "The landlord's called Trouble.",
    "The limit is 59.",
    "All shops open at nine.",
    "Some people bake for the market.",
    "Two heads are better than one.",
    "If I charge 55 an hour I can live.",
    "Unless it rains the pitch opens at nine.",
    "We might do weddings on Sundays.",
    "I don't think we deliver on Sundays.",
    "I wanted a van.",
    "My boss wants me to work Sundays.",
    "I want a van.",
    "I'd rather die than work there.",
    "The nurse was supposed to start on Monday.",
    "Does the hall seat forty?",
    'He said "I charge 55 an hour" and left.',
    "Imagine we get all our timber from Cork.",
    "I charge 55 an hour. Just kidding.",
    "There are seven people in the room.",
    "Oat milk outsells cow's milk two to one.",
]


@pytest.mark.parametrize(("text", "facts"), ALL)
def test_an_everyday_clause_is_told_in_its_own_words(text: str, facts: list[str]) -> None:
    assert set(facts) <= set(told(text))
    assert read(text).unread == ()


@pytest.mark.parametrize("text", TRAPS)
def test_what_only_sounds_like_a_plain_clause_claims_nothing(text: str) -> None:
    assert told(text) == []


def test_a_day_that_passes_is_a_date_and_no_part_of_what_is_told() -> None:
    role, start = read("The new cook, Dilek, starts on Thursday.").facts
    assert (role.key, role.value, role.valid_from) == ("role", "cook", None)
    assert (start.key, start.value, str(start.valid_from)[:10]) == ("starts", "2026-03-19", "2026-03-19")


def test_a_time_inside_of_a_clause_is_not_lost() -> None:
    (fact,) = read("I take two tablets in the morning and one at night.").facts
    assert fact.value == "two tablets in the morning and one at night"


def test_it_is_not_resolved_where_two_things_were_told_of() -> None:
    diff = read("We use a new till. We got a trailer. It is called Zettle.")
    assert not any(fact.value == "Zettle" for fact in diff.facts)
    assert [row.about for row in diff.uncertainties] == ["It"]


@pytest.mark.parametrize("text", ["It is ten past four.", "It is Tuesday.", "It's cold.", "It is late."])
def test_it_means_no_thing_where_it_tells_the_hour_or_the_weather(text: str) -> None:
    assert told(f"I own a boat. {text}") == ["me owns boat"]


def test_of_others_wishes_what_they_want_of_the_speaker_is_not_told() -> None:
    assert told("My boss wants everything on paper.") == ["me boss_wants everything on paper"]
    assert told("My boss wants me to move to Leeds.") == []


def test_what_is_read_by_its_own_words_is_inferred() -> None:
    assert [fact.confidence for fact in read("I bill 48 an hour.").facts] == [0.75]
