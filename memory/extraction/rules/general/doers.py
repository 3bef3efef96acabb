"""Of whom or what a plain clause tells: the speaker, somebody or something by name, a thing of the speaker's."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from memory.extraction.diff import SELF
from memory.extraction.rules.general.doer import Doer, is_plural
from memory.extraction.rules.general.lexicon import GROUPS
from memory.extraction.rules.general.things import read_things
from memory.extraction.rules.scene import KIN, Assertion, Ref, Scene
from memory.extraction.rules.subjects import read_subject
from memory.extraction.rules.text.forms import VERB_FORMS
from memory.extraction.rules.text.lexicon import BE
from memory.extraction.rules.text.nouns import OTHER_RELATIONS
from memory.extraction.rules.text.phrases import Cursor, is_proper
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words
from memory.vocabulary.folding import fold_token

_ONE_SUBJECT = words("i we he she it they")


def read_doers(cursor: Cursor, scene: Scene, before: Sequence[Ref]) -> Iterator[Doer]:
    """Each reading of the subject, with the cursor behind it; a clause that begins with its verb has the one before."""
    start = cursor.at
    if before and (cursor.low() in VERB_FORMS or cursor.low() in BE or cursor.low() == "has"):
        yield _owned(Doer(refs=list(before), plural=len(before) > 1 or before[0].is_self))
        return
    subject = read_subject(cursor, scene)
    if subject and subject.refs and not subject.key:
        plural = len(subject.refs) > 1 or subject.refs[0].is_self or subject.refs[0].plural
        told = subject.assertions or _acquainted(cursor.tokens[start : cursor.at], subject.refs[0])
        yield _owned(Doer(refs=subject.refs, told=told, plural=plural))
    if cursor.tokens[start].low in _ONE_SUBJECT:
        return
    cursor.at = start
    yield from read_things(cursor)


def _acquainted(tokens: Sequence[Token], ref: Ref) -> list[Assertion]:
    """`our neighbour Hamish`: who he is to the speaker, where that is no relation of its own."""
    noun = tokens[1].low if len(tokens) > 2 and tokens[0].low in ("my", "our") else ""
    if noun not in OTHER_RELATIONS or not is_proper(tokens[2]):
        return []
    return [Assertion(entity=SELF, key=fold_token(noun), value=ref.name, inferred=True, beside=True)]


def _owned(doer: Doer) -> Doer:
    """A relative without a name, or a thing that was told of before, is the speaker's."""
    name = doer.refs[0].name
    if not name.startswith(KIN):
        return doer
    noun = name.removeprefix(KIN)
    me = Ref(name=SELF, type="person", inferred=True)
    return replace(doer, refs=[me], noun=noun, head=noun.rpartition("_")[2], plural=is_plural(noun.rpartition("_")[2]))


def agrees(doer: Doer, verb: str) -> bool:
    """Whether the verb's form fits its subject; an auxiliary and a past fit all."""
    kinds = {kind for _, kind in VERB_FORMS.get(verb, ())}
    if not kinds & {"base", "third"} or kinds & {"past"}:
        return True
    if doer.head in GROUPS:
        return True
    return ("base" if doer.plural else "third") in kinds
