"""Whether a verb of everyday talk is meant as it is said: by whom, and with what behind it."""

from memory.extraction.rules.everyday.tails import Tail
from memory.extraction.rules.everyday.verbs import ANCHORED, CONCRETE, OF_THINGS, PHRASAL, SCHEDULED
from memory.extraction.rules.everyday.who import is_somebody
from memory.extraction.rules.general.doer import Doer
from memory.extraction.rules.general.lexicon import COUNTED, DATED, HAVABLE, IDIOMS, PLACE_NOUNS, THE_IDIOMS
from memory.extraction.rules.general.sense import PETS
from memory.extraction.rules.text.foods import FOODS
from memory.extraction.rules.text.lexicon import FUNCTION_WORDS, spelled_number
from memory.extraction.rules.text.verbs import VerbGroup
from memory.extraction.rules.text.words import words


def is_told(doer: Doer, group: VerbGroup, tail: Tail) -> bool:
    if group.lemma == "take" and {token.low for token in tail.tokens} & _DOSES and not tail.joint:
        return is_somebody(doer)
    if group.lemma in _BRINGING and _is_brought(doer, tail):
        return True
    if group.lemma in _OWN_RULES:
        return bool(tail.text) and _OWN_RULES[group.lemma](doer, tail)
    if not is_somebody(doer):
        return _is_of_a_thing(group.lemma, tail)
    if group.lemma in _SEATED and tail.joint in _PLACES:
        return _is_plain(tail)
    if (group.lemma, tail.joint) in PHRASAL:
        return _is_plain(tail)
    if group.lemma in CONCRETE:
        return tail.anchored or _is_plain(tail)
    told = tail.anchored and not _is_loose(group.lemma, tail)
    figure = {token.low for token in tail.tokens} & _FIGURED
    surely = bool(tail.counted or tail.again or tail.joint) and not figure
    outward = group.lemma not in _INWARD and surely and len(tail.tokens) > 1
    return told and (group.lemma in ANCHORED | SCHEDULED or outward)


_INWARD = words(
    """think feel hope love like hate want wish believe know mean seem look say tell claim guess suppose imagine dream
    wonder doubt worry expect forget remember understand prefer die kill need try become appear sound dread fear miss
    trust suspect notice ignore regret admire respect promise swear bet pretend mind care suffer struggle remain exist
    consist belong deserve depend matter fit suit cost equal weigh let be have do stand bear join hire marry divorce
    graduate collect"""
)
"""What goes on in somebody, or leads somewhere else: never told by a name or a number alone."""


_FIGURED = IDIOMS | THE_IDIOMS | words("buttons sleep chance chances luck ends everything nothing")


def _is_of_a_thing(lemma: str, tail: Tail) -> bool:
    """`the minibus holds sixteen`, `my desk stands by the window`, `the roof leaks in the corner`."""
    placed = lemma in _PLACED and tail.joint in _PLACES and _is_plain(tail)
    plain = lemma in _PLAIN_OF_THINGS and _is_plain(tail)
    return lemma in OF_THINGS | SCHEDULED and (tail.anchored or placed or plain)


_DOSES = words(
    """tablets tablet pills statin statins medication inhaler insulin vitamins supplements antihistamines painkillers
    antidepressants steroids beta-blockers thyroxine probiotics melatonin"""
)
_BRINGING = words("bring take drive walk carry send pick drop")


def _is_brought(doer: Doer, tail: Tail) -> bool:
    """`my girls to school`, `the kids to swimming`: somebody or a thing of one's own, and where to."""
    lows = [token.low for token in tail.tokens]
    whom = lows[1] if len(lows) > 3 and lows[0] in ("my", "our", "the") else ""
    at = lows.index("to") if "to" in lows else 0
    return is_somebody(doer) and whom in _BROUGHT and at == 2 and lows[-1] in _WHERE_TO


_BROUGHT = words(
    """kids children girls boys son daughter dog mum mom dad wife husband sons daughters nan gran grandson
    granddaughter grandkids grandchildren bus train tram ferry"""
)
_WHERE_TO = words(
    """school nursery work college uni church training practice lessons swimming football ballet town campus
    kindergarten daycare preschool"""
)
_SEATED = words("sit park sleep")
_PLACED = words("stand lie sit hang live go")
_PLACES = words("by in on under behind near above at against to")
_PLAIN_OF_THINGS = words("leak squeak rattle overheat need smell crash freeze flood contain stock produce use")


def _is_plain(tail: Tail) -> bool:
    """`books on the train`; not `away`, `hard`."""
    said = [token for token in tail.tokens if token.is_word and token.low not in FUNCTION_WORDS]
    return any(len(token.low) > 2 and token.low not in _MANNERS for token in said)


_MANNERS = words(
    "less more most fewer rather better worse hard well late early fast slow badly together alone home away"
)


def _is_loose(lemma: str, tail: Tail) -> bool:
    """A light verb with nothing but a name: `take Tom`, `see Paris`."""
    return lemma in _LIGHT and not tail.again and not tail.counted and " " not in tail.text


_LIGHT = words("take get give make do see leave have let find call put set turn count meet ask line empty move")


def _is_had(doer: Doer, tail: Tail) -> bool:
    """Of the speaker only what one may have for long; of others whatever is told with an article or a number."""
    lows = [token.low for token in tail.tokens]
    if tail.joint or not tail.text or tail.dated or (tail.again and lows[0] not in {*_MEALS, "the"}):
        return False
    heads = {*lows, *(low.removesuffix("s") for low in lows)}
    if heads & DATED:
        return False
    if lows[0] in _MEALS and is_somebody(doer):
        return len(lows) > 2
    if doer.is_speaker and lows[0] in ("a", "an") and lows[1:2] and lows[1] in _ILL and heads & _BODY:
        return True
    if _is_counted(doer, tail, lows):
        return True
    if doer.is_speaker and (lows in (["twins"], ["triplets"]) or heads & _AILMENTS):
        return True
    if tail.again:
        return not doer.is_speaker and is_somebody(doer) and lows[0] == "the" and lows[1] in _BROUGHT
    if doer.is_speaker:
        return bool(heads & (HAVABLE | COUNTED | PETS)) and (lows[0] in ("a", "an", "the", "own") or tail.counted)
    plural = not is_somebody(doer) and lows[-1].endswith("s") and len(lows) < 4
    return tail.anchored or lows[0] in ("a", "an", "the") or bool(heads & _AILMENTS) or plural


def _is_counted(doer: Doer, tail: Tail, lows: list[str]) -> bool:
    """`600 ewes and four rams up on the hill`: several things, which one has."""
    first = tail.tokens[0]
    number = int(first.low) if first.low.isdecimal() else spelled_number(first.low) or 0
    plural = [low for low in lows[1:4] if low.endswith("s") and len(low) > 3]
    hours = number < 1 and lows[-2:-1] != ["in"] and "at" in lows[1:4] and tail.counted and lows[0] not in ("a", "an")
    counted = number > 1 or (hours and bool(plural))
    return is_somebody(doer) and counted and bool(plural) and not set(lows) & _NOT_HAD


_UNCOUNTED = words(
    """feet hands ears eyes words problems minutes hours days weeks months years seconds faces sides lives minds left
    reasons options choices questions wishes strikes goals points times kinds types ways steps chances plans exams
    deadlines jobs things people followers likes percent degrees inches thumbs brains moods personalities shades"""
)
_NOT_HAD = _UNCOUNTED | DATED | IDIOMS
_ILL = words("bad dodgy weak stiff sore artificial prosthetic replaced new torn trapped slipped frozen glass metal")
_BODY = words("knee hip back ankle shoulder wrist leg arm eye hand heart nerve disc valve foot elbow neck thumb")
_MEALS = words("breakfast lunch dinner supper tea coffee brunch porridge toast")


_AILMENTS = words(
    """epilepsy asthma diabetes dyslexia autism arthritis adhd eczema hay-fever dementia anaemia cancer murmur hernia
    migraines migraine reflux vertigo gout sciatica psoriasis insomnia glaucoma"""
)


def _is_done(doer: Doer, tail: Tail) -> bool:
    """`does the cakes`, `do my invoicing on Fridays`; not `does the trick`."""
    lows = [token.low for token in tail.tokens]
    if tail.again or (tail.counted and len(lows) > 1):
        return is_somebody(doer) or (tail.counted and not doer.bare)
    if _is_line(tail, lows):
        return is_somebody(doer)
    whole = len(lows) > 1 and lows[0] in ("the", "my", "our", "all") and lows[-1] not in _DONE_FIGURES
    return is_somebody(doer) and whole and not tail.joint and len(lows) < 6 and lows[1] not in _DONE_FIGURES


def _is_line(tail: Tail, lows: list[str]) -> bool:
    """`employment law, mainly for tech firms`, `asphalt shingles`: what somebody does for a living, in two words."""
    end = lows.index(",") if "," in lows else len(lows)
    said = tail.tokens[:end]
    plain = end in (2, 3) and all(token.is_word and token.low not in FUNCTION_WORDS for token in said)
    return plain and not tail.joint and not set(lows[:end]) & (_DONE_FIGURES | _FIGURED | _JUDGED)


_JUDGED = words("good great bad nice nothing weird stupid silly crazy other better best own real some more less fine")
_DONE_FIGURES = words(
    """trick job math maths talking honours honors splits dirty deed same thing business right wrong best worst most
    rounds thinking twist hokey can-can impossible necessary needful work"""
)


def _is_eaten(doer: Doer, tail: Tail) -> bool:
    said = {token.low for token in tail.tokens}
    hour = tail.joint == "at" and tail.counted
    return is_somebody(doer) and (hour or (not tail.joint and bool(said & FOODS or tail.again)))


def _is_worked(doer: Doer, tail: Tail) -> bool:
    """`nights on the stroke ward`, `two evenings a week`."""
    first = tail.tokens[0].low.partition(" ")[0]
    often = tail.again and len(tail.tokens) > 1
    lows = [token.low for token in tail.tokens]
    where = tail.joint in ("at", "in", "for") and lows[1] in ("a", "an", "the", "my", "our")
    placed = where and bool(set(lows[2:6]) & (PLACE_NOUNS | _WORKPLACES) - {"end", "side", "corner"})
    return is_somebody(doer) and (often or tail.counted or first in _SHIFTS or placed)


_WORKPLACES = words(
    """brigade police army navy railway railways government council bbc post
    ministry military church charity nhs
    city county state hotel airline theatre library newspaper
    home garage nursery bar salon surgery lab yard depot mill mine port firm company agency charity supermarket
    brewery call-centre council co-op practice hospice winery quarry vineyard deli butcher's baker's barber's"""
)
_SHIFTS = words("nights days earlies lates shifts weekends part-time full-time freelance mornings evenings alone")


_HOMES = words(
    """bungalow flat house cottage farmhouse terrace apartment caravan houseboat boat village townhouse studio bedsit
    maisonette semi loft duplex home hostel dorm tower farm hamlet suburb cabin condo"""
)


def _is_lived(doer: Doer, tail: Tail) -> bool:
    """`ten minutes from work`, `above the shop`, `in a bungalow in St Agnes`."""
    if is_somebody(doer) and tail.joint == "in" and tail.tokens[1].low in ("a", "an", "the"):
        return any(token.low in _HOMES for token in tail.tokens[2:5]) and not tail.dated
    lows = {token.low for token in tail.tokens}
    far = (tail.counted or lows >= {"an", "hour"}) and bool(lows & _DISTANCES) and bool(lows & words("from away"))
    return is_somebody(doer) and (far or (tail.joint in ("above", "behind", "opposite", "next") and _is_plain(tail)))


_DISTANCES = words("minutes minute miles mile km kilometres kilometers hour hours doors streets blocks stops metres")


def _is_kept(doer: Doer, tail: Tail) -> bool:
    """`my passport in the biscuit tin`: something, and where."""
    lows = [token.low for token in tail.tokens]
    where = next((at for at, low in enumerate(lows) if at and low in ("in", "on", "under", "behind", "at")), 0)
    placed = 0 < where < len(lows) - 1 and lows[where + 1] in ("the", "my", "our", "a", "an")
    return is_somebody(doer) and not tail.joint and placed and lows[0] in _POINTED


_POINTED = words("the my our a an his her their all some spare")


def _is_shared(doer: Doer, tail: Tail) -> bool:
    """`the garden with the flat below`."""
    return is_somebody(doer) and not tail.joint and ("with" in {token.low for token in tail.tokens} or tail.counted)


def _is_bought(doer: Doer, tail: Tail) -> bool:
    """`our milk from the farm up the road`."""
    lows = [token.low for token in tail.tokens]
    source = lows.index("from") if "from" in lows else 0
    plain = 0 < source < len(lows) - 1 and not tail.joint and lows[0] in _POINTED
    return is_somebody(doer) and (plain or (tail.anchored and not _is_loose("get", tail)))


_OWN_RULES = {
    "buy": _is_bought,
    "get": _is_bought,
    "order": _is_bought,
    "keep": _is_kept,
    "share": _is_shared,
    "have": _is_had,
    "do": _is_done,
    "eat": _is_eaten,
    "drink": _is_eaten,
    "work": _is_worked,
    "live": _is_lived,
}
"""Verbs that families read, or whose object decides what they mean."""
