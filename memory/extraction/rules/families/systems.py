"""What a team and its software run on: `our team uses Terraform`, `the backend is written in Elixir`."""

from memory.extraction.diff import SELF
from memory.extraction.rules.families.assertions import attribute, read_technology
from memory.extraction.rules.families.tastes import taste
from memory.extraction.rules.families.things import read_business
from memory.extraction.rules.scene import Assertion, Ref, Scene
from memory.extraction.rules.text.forms import FORMS
from memory.extraction.rules.text.lexicon import FUNCTION_WORDS
from memory.extraction.rules.text.phrases import Cursor, join_tokens, read_list
from memory.extraction.rules.text.verbs import VerbGroup
from memory.extraction.rules.text.words import words

_COLLECTIVES = words("team company startup start-up firm department group squad organisation organization lab studio")
_SHARED = ("use", "switch")
_SYSTEMS = words(
    """service app platform website site backend back-end frontend front-end portal server servers database api
    repo repository codebase cluster pipeline pipelines gateway bot plugin"""
)
_NO_KINDS = words("same new old wrong other first next last whole main different previous") | FUNCTION_WORDS | _SYSTEMS


def is_system(noun: str) -> bool:
    return noun in _SYSTEMS


def read_collective(cursor: Cursor) -> Ref | None:
    """`our team` with what it uses is as good as `we`."""
    start = cursor.at
    if cursor.take_any(("our", "my")) and cursor.take_any(_COLLECTIVES) and _is_shared(cursor):
        return Ref(name=SELF, type="person", inferred=True, plural=True)
    cursor.at = start
    return None


def _is_shared(cursor: Cursor) -> bool:
    ahead = 1 if cursor.low() in ("currently", "now", "also", "recently", "has", "just") else 0
    return any(lemma in _SHARED for lemma, _ in FORMS.get(cursor.low(ahead), ()))


def read_system(cursor: Cursor) -> Ref | None:
    """`the backend`, `our staging server`: by its own noun and at most two words before it."""
    start = cursor.at
    if not cursor.take_any(("the", "our", "my")):
        return None
    begin = cursor.at
    while cursor.kind() == "word" and cursor.low() not in _NO_KINDS and cursor.at < begin + 2:
        cursor.at += 1
    if cursor.take_any(_SYSTEMS) and _runs(cursor):
        return Ref(name=join_tokens(cursor.tokens[begin : cursor.at]), type="service")
    cursor.at = start
    return None


def _runs(cursor: Cursor) -> bool:
    lows = (cursor.low(), cursor.low(1))
    return lows[0] in ("uses", "use", "runs", "run") or (lows[0] in ("is", "are") and lows[1] in _MADE)


_MADE = words("written built hosted deployed implemented coded")


def read_use(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    """What a person uses may be anything; of software only what is known as such."""
    return _stands_on(cursor, ref) if ref.type == "service" else taste("uses")(cursor, ref, group, scene)


def read_run(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    """`runs on PostgreSQL`, `is built with Django`, `is hosted on AWS`; of a person, what one runs for a living."""
    if ref.type == "person" and group.lemma == "run":
        return read_business(cursor, ref, group)
    if ref.type != "service" or group.progressive or group.negated:
        return []
    cursor.take_any(("on", "in", "with", "using", "by", "to"))
    return _stands_on(cursor, ref)


def _stands_on(cursor: Cursor, ref: Ref) -> list[Assertion]:
    return [attribute(ref, "uses", each, kind="service") for each in read_list(cursor, _release)]


def _release(cursor: Cursor) -> str:
    """`PostgreSQL`, `Python 3.12`: a version belongs to it."""
    start = cursor.at
    if not read_technology(cursor):
        return ""
    if cursor.kind() == "number":
        cursor.at += 1
    return join_tokens(cursor.tokens[start : cursor.at])
