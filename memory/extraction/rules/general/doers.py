"""Of whom or what a plain clause tells: the speaker, somebody or something by name, a thing of the speaker's."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from memory.extraction.diff import SELF
from memory.extraction.rules.families.systems import is_system
from memory.extraction.rules.general.lexicon import GROUPS, PARTIES
from memory.extraction.rules.general.phrases import STOPS, read_phrase
from memory.extraction.rules.owners import is_abstract
from memory.extraction.rules.scene import KIN, Assertion, Ref, Scene
from memory.extraction.rules.subjects import read_subject
from memory.extraction.rules.text.forms import VERB_FORMS
from memory.extraction.rules.text.lexicon import BE
from memory.extraction.rules.text.nouns import OTHER_RELATIONS, RELATIONS, ROLES
from memory.extraction.rules.text.phrases import Cursor, is_proper, join_tokens
from memory.extraction.rules.text.words import words
from memory.vocabulary.folding import fold_token


@dataclass(frozen=True, kw_only=True)
class Doer:
    """`refs`: several where all of them do it. `noun`: what of the one ref it is (`passport`), "" for itself. `told`:
    what naming them says. `plural`: whether the verb behind is plain (`run`, and not `runs`). `bare`: no article, no
    owner and no name, so that only a literal behind it tells of one thing."""

    refs: Sequence[Ref]
    noun: str = ""
    head: str = ""
    told: Sequence[Assertion] = ()
    plural: bool = False
    bare: bool = False

    @property
    def is_speaker(self) -> bool:
        return not self.noun and self.refs[0].is_self

    @property
    def is_person(self) -> bool:
        ref = self.refs[0]
        return ref.type == "person" and (not self.noun or self.head in _PERSONS)

    def tell(self, key: str, value: str, *, event: bool = False) -> list[Assertion]:
        """The same of each of them."""
        return [self._tell(ref, key, value, event=event) for ref in self.refs]

    def tell_itself(self, value: str) -> list[Assertion]:
        """What it is: `biggest_customer` of the speaker's, and `is` of what has a name."""
        told = self.tell("is", value)
        return [replace(each, key=self.noun) for each in told] if self.noun else told

    def after(self) -> list[Ref]:
        """Whom the next clause means that leaves its subject out."""
        if not self.noun:
            return list(self.refs)
        return [Ref(name=KIN + self.noun, inferred=True)] if self.refs[0].is_self else []

    def _tell(self, ref: Ref, key: str, value: str, *, event: bool) -> Assertion:
        kind = ref.type or ("person" if self.is_person else "other")
        value = value.removeprefix("my ").removeprefix("our ") if self.is_speaker else value
        whole = f"{self.noun}_{key}" if self.noun else key
        return Assertion(
            entity=ref.name, key=whole, value=value, entity_type=kind, inferred=True, event=event, slug=ref.slug
        )


_PERSONS = (frozenset(RELATIONS) | OTHER_RELATIONS | ROLES) - PARTIES
_PERSONS |= words("ex girlfriend boyfriend fiance fiancee fiancé fiancée")
_NO_DOERS = words(
    """time life love world people story novel book film movie game song dream joke hero character plot truth word
    rumour rumor problem question idea thought feeling mind heart soul body head way luck fate money point reason
    fact thing things one universe moon weather sky devil god hope fear past future"""
)
_ONE_SUBJECT = words("i we he she it")


def read_doers(cursor: Cursor, scene: Scene, before: Sequence[Ref]) -> Iterator[Doer]:
    """Each reading of the subject, with the cursor behind it; a clause that begins with its verb has the one before."""
    start = cursor.at
    if before and (cursor.low() in VERB_FORMS or cursor.low() in BE or cursor.low() == "has"):
        yield _owned(Doer(refs=list(before), plural=len(before) > 1 or before[0].is_self))
        return
    subject = read_subject(cursor, scene)
    if subject and subject.refs and not subject.key:
        plural = len(subject.refs) > 1 or subject.refs[0].is_self
        yield _owned(Doer(refs=subject.refs, told=subject.assertions, plural=plural))
    if cursor.tokens[start].low in _ONE_SUBJECT:
        return
    cursor.at = start
    yield from _things(cursor)


def _owned(doer: Doer) -> Doer:
    """A relative without a name, or a thing that was told of before, is the speaker's."""
    name = doer.refs[0].name
    if not name.startswith(KIN):
        return doer
    noun = name.removeprefix(KIN)
    me = Ref(name=SELF, type="person", inferred=True)
    return replace(doer, refs=[me], noun=noun, head=noun.rpartition("_")[2], plural=_is_plural(noun.rpartition("_")[2]))


def _things(cursor: Cursor) -> Iterator[Doer]:
    """`my passport`, `the staging server`, `Anna's car`, `the invoice for Acme`: the longest that may be one first."""
    start = cursor.at
    longest = _longest(cursor)
    for end in range(longest, start, -1):
        cursor.at = start
        doer = _thing(replace_tokens(cursor, end))
        if doer is not None:
            cursor.at = end
            yield from _with_goal(cursor, doer)


def replace_tokens(cursor: Cursor, end: int) -> Cursor:
    return Cursor(cursor.tokens[:end], cursor.at, casual=cursor.casual, known=cursor.known)


def _longest(cursor: Cursor) -> int:
    at = cursor.at + (cursor.low() in ("the", "my", "our", "this"))
    while at < len(cursor.tokens) and at - cursor.at < 7:
        token = cursor.tokens[at]
        if token.kind not in ("word", "number") or token.low in STOPS:
            break
        at += 1
    return at


def _thing(cursor: Cursor) -> Doer | None:
    """The whole cursor as one thing."""
    owner = cursor.take_any(("my", "our", "the", "this"))
    begin = cursor.at
    run = cursor.tokens[begin:]
    if not run or run[-1].low == "'s" or not read_phrase(cursor) or not cursor.done:
        return None
    head = run[-1].low
    if len(run) > 1 and run[-1].is_capital and not run[-1].text.isupper():
        return None  # `my cat Plum`: somebody by name
    if is_abstract(head) or head in _NO_DOERS or run[0].low in _UNKEPT:
        return None
    text = join_tokens(run)
    if owner in ("my", "our") and not is_system(head):
        me = Ref(name=SELF, type="person", inferred=True)
        return Doer(refs=[me], noun=_token_of(text), head=head, plural=_is_plural(head))
    return _by_name(run, text, head, owner)


def _by_name(run: Sequence[object], text: str, head: str, owner: str) -> Doer | None:
    lows = text.casefold().replace("’", "'")
    who, _, what = lows.partition("'s ")
    if what and not owner:
        name = text[: len(who)]
        if not name[:1].isupper() or (" " in what and len(what.split()) > 3):
            return None
        return Doer(
            refs=[Ref(name=name, type="person" if head in _PERSONS else "")],
            noun=_token_of(what),
            head=head,
            plural=_is_plural(head),
        )
    if what or head in _PERSONS:
        return None
    bare = not owner and not (len(run) > 1 and is_proper(run[0]) and not is_proper(run[-1]))  # type: ignore[arg-type]
    kind = "service" if is_system(head) else "organisation" if head in GROUPS else ""
    return Doer(refs=[Ref(name=text, type=kind)], head=head, plural=_is_plural(head), bare=bare)


def _with_goal(cursor: Cursor, doer: Doer) -> Iterator[Doer]:
    """`the invoice for Acme`, `the key to the shed`: what follows belongs to it; else it is read without."""
    end = cursor.at
    if cursor.low() in ("for", "of", "to", "in", "at", "with", "on", "from"):
        joint = cursor.low()
        cursor.at += 1
        phrase = read_phrase(cursor)
        if phrase is not None:
            text = f"{joint} {phrase.text}"
            if doer.noun:
                yield replace(doer, noun=f"{doer.noun}_{_token_of(text)}")
            else:
                yield replace(doer, refs=[replace(doer.refs[0], name=f"{doer.refs[0].name} {text}")])
        return
    cursor.at = end
    yield doer


def _token_of(text: str) -> str:
    return fold_token(text.replace("'s", "s").replace("’s", "s"))


_UNKEPT = words("no any some every each all other another same only former first last next old new-old")
_PLURALS = words("people children men women police kids")


def _is_plural(head: str) -> bool:
    return head in _PLURALS or (head.endswith("s") and not head.endswith(("ss", "us", "is", "news")))


def agrees(doer: Doer, verb: str) -> bool:
    """Whether the verb's form fits its subject; an auxiliary and a past fit all."""
    kinds = {kind for _, kind in VERB_FORMS.get(verb, ())}
    if not kinds & {"base", "third"} or kinds & {"past"}:
        return True
    if doer.head in GROUPS:
        return True
    return ("base" if doer.plural else "third") in kinds
