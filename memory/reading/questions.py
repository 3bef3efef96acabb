"""What a question names: entities that are known, and keys. Where it names both, the answer stands in the rows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from django.db.models import Q

from memory.access.caller import MemoryCaller
from memory.models import Entity, Fact
from memory.querysets import known_as
from memory.reading.entities import visible_entities
from memory.reading.profile import speakers
from memory.reading.time_filter import Reader
from memory.vocabulary.folding import fold_value
from memory.vocabulary.keys import KEYS
from memory.writing.recognising import phrases_of

MOST_PHRASES = 2_000
MOST_ENTITIES = 50
MOST_FACTS = 200
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
SPEAKER = frozenset({"i", "me", "my", "mine", "myself", "i'm", "i've"})
SMALL_WORDS = """a an the of at in on to for from with by is are was were be been am do does did has have had what which
who whom whose where when how why many much current currently now their his her its there any s"""
SMALL = frozenset(SMALL_WORDS.split())
WHO = frozenset({"who", "whom", "which", "what", "anyone", "somebody", "someone", "people", "everyone"})
ASKED = {
    "works_at": "work works working employed employer employs company job workplace",
    "role": "role title position job occupation profession living",
    "lives_in": "live lives living reside resides home based city residence",
    "reports_to": "report reports manager boss supervisor",
    "married_to": "married wife husband spouse partner",
    "has_child": "child children kid kids son sons daughter daughters",
    "has_parent": "parent parents mother father mum mom dad",
    "has_sibling": "sibling siblings brother brothers sister sisters",
    "has_pet": "pet pets dog dogs cat cats",
    "has_friend": "friend friends",
    "name": "name called",
    "birthday": "birthday born",
    "age": "age old",
    "email": "email mail e-mail",
    "phone": "phone number telephone mobile",
    "speaks": "speak speaks language languages",
    "studied_at": "study studied university college degree school",
    "allergic_to": "allergic allergy allergies",
    "likes": "like likes love loves enjoy enjoys hobby hobbies",
    "dislikes": "dislike dislikes hate hates",
    "works_on": "project projects",
    "status": "status leave",
    "price": "price cost costs",
    "belongs_to": "category categories belong belongs",
    "located_in": "headquarters headquartered located",
    "return_window": "return returns",
    "has_ceo": "ceo",
}
"""Words of a question by the key that they ask for; a key's own words ask for it, too."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """`named`: entities that the text names, the speaker among them. `keys`: what is asked of them."""

    named: Sequence[Entity]
    keys: frozenset[str]
    asks_who: bool


def read_question(text: str, reader: Reader, caller: MemoryCaller) -> Question:
    words = {word.casefold().replace("’", "'") for word in WORD.findall(text)}
    words |= {word.removesuffix("'s") for word in words}
    named = _named(text, reader)
    if words & SPEAKER:
        named = [*speakers(reader, caller), *named]
    each_once = list({each.pk: each for each in named}.values())
    return Question(named=each_once, keys=_keys(words), asks_who=bool(words & WHO))


def direct_facts(question: Question, reader: Reader) -> list[Fact]:
    """What answers it off the rows: the named entities' facts of the keys, and whose facts of the keys lead to them.

    A key that only this entity's facts have is known by its own words. [] where it does not name both.
    """
    if not question.named or not question.keys:
        return []
    rows = reader.facts().shown().filter(key__in=question.keys)
    own = list(rows.filter(entity__in=question.named).order_by("-known_from", "-pk")[:MOST_FACTS])
    if own or not question.asks_who:
        return own
    return list(rows.filter(target__in=question.named).order_by("-known_from", "-pk")[:MOST_FACTS])


def _named(text: str, reader: Reader) -> list[Entity]:
    phrases = list(islice((each for each in phrases_of(text) if each not in SMALL), MOST_PHRASES))
    rows = visible_entities(reader).defer("content", "content_json")
    named = Q(folded__in=phrases) | known_as(phrases)
    return list(rows.filter(named).order_by("-updated_at")[: 2 * MOST_ENTITIES])


def _keys(words: set[str]) -> frozenset[str]:
    """Those whose words are asked for. What is no key of ours may be a caller's: its words as one token.

    "What does Alice avoid?" asks for `avoids`: behind "does" and "did" a verb loses its ending.
    """
    content = words - SMALL
    content |= {f"{word}s" for word in content}
    listed = {key for key, asking in ASKED.items() if content & set(asking.split())}
    spelled = {key for key in KEYS if set(key.split("_")) - SMALL <= content}
    return frozenset(listed | spelled | {fold_value(word) for word in content if len(word) > 2})
