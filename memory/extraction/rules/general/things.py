"""`my passport`, `the staging server`, `Anna's car`, `the invoice for Acme`: a thing, and of whom it is told."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from memory.extraction.diff import SELF
from memory.extraction.rules.families.systems import is_system
from memory.extraction.rules.general.doer import PERSONS, Doer, is_plural
from memory.extraction.rules.general.lexicon import GROUPS
from memory.extraction.rules.general.phrases import STOPS, read_phrase
from memory.extraction.rules.scene import Ref
from memory.extraction.rules.text.forms import VERB_FORMS
from memory.extraction.rules.text.nouns import ROLES
from memory.extraction.rules.text.phrases import Cursor, is_proper, join_tokens
from memory.extraction.rules.text.words import words
from memory.extraction.rules.times.moments import WEEKDAYS
from memory.vocabulary.folding import fold_token

_NO_DOERS = words(
    """time life love world people story novel book film movie game song dream joke hero character plot truth word
    rumour rumor problem question idea thought feeling mind heart soul body head way luck fate money point reason
    fact thing things one universe moon weather sky devil god hope fear past future"""
)


_WORKS = words("novel book film movie game song story")
"""Of the speaker they are things; "the game" is of anybody."""


def read_things(cursor: Cursor) -> Iterator[Doer]:
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
    at = cursor.at + (cursor.low() in ("the", "my", "our", "this", "a", "an"))
    while at < len(cursor.tokens) and at - cursor.at < 7:
        token = cursor.tokens[at]
        if token.kind not in ("word", "number") or token.low in STOPS:
            break
        at += 1
    return at


def _thing(cursor: Cursor) -> Doer | None:
    """The whole cursor as one thing."""
    owner = cursor.take_any(("my", "our", "the", "this"))
    cursor.take_any(() if owner else ("a", "an"))
    begin = cursor.at
    run = cursor.tokens[begin:]
    alone = len(run) == 1 and bool(owner) and run[0].is_word and run[0].low not in STOPS  # `the reports`
    if not run or run[-1].low == "'s" or not (alone or (read_phrase(cursor) and cursor.done)):
        return None
    head = run[-1].low
    if len(run) > 1 and run[-1].is_capital and not run[-1].text.isupper():
        return None  # `my cat Plum`: somebody by name
    if len(run) > 1 and run[0].is_capital and _is_done(head):
        return None  # `our Denise works …`
    timed = head == "time" and len(run) == 2 and run[0].low in _TIMES_OF
    if _is_idea(head) or (head in _NO_DOERS and not (timed or (owner and head in _WORKS))) or run[0].low in _UNKEPT:
        return None
    if any(token.low in _UNREAL for token in run) or (len(run) == 1 and head in WEEKDAYS):
        return None
    text = join_tokens(run)
    if owner in ("my", "our") and not is_system(head):
        me = Ref(name=SELF, type="person", inferred=True)
        return Doer(refs=[me], noun=_token_of(text), head=head, plural=is_plural(head))
    return _by_name(run, text, head, owner)


def _is_done(head: str) -> bool:
    return any(kind == "third" for _, kind in VERB_FORMS.get(head, ()))


_UNREAL = words("evil imaginary inner spirit dream fictional fake so-called alleged hypothetical secret late ex")


_TIMES_OF = words(
    """story bed lunch dinner tea play nap bath screen start finish arrival departure closing opening travel journey
    delivery lead response waiting cooking prep study practice tummy rehearsal swim assembly prayer mass"""
)


def _is_idea(head: str) -> bool:
    """`my motivation`, `happiness`; what ends alike and has an owner is mostly a thing: `my subscription`."""
    lasting = head.endswith(("ness", "ism", "hood")) and head != "neighbourhood"
    return lasting or head in _FEELINGS


_FEELINGS = words(
    """patience motivation ambition imagination passion compassion frustration devotion attention affection
    procrastination inspiration curiosity creativity anxiety sanity dignity integrity generosity humility vanity
    excitement disappointment resentment commitment amusement punishment"""
)


def _by_name(run: Sequence[object], text: str, head: str, owner: str) -> Doer | None:
    lows = text.casefold().replace("’", "'")
    who, _, what = lows.partition("'s ")
    if what and owner != "this":
        name = text[: len(who)]
        if not (name[:1].isupper() or owner) or (" " in what and len(what.split()) > 3):
            return None
        return Doer(
            refs=[Ref(name=name, type="person" if head in PERSONS else "")],
            noun=_token_of(what),
            head=head,
            plural=is_plural(head),
        )
    if what or head in PERSONS - ROLES or (head in ROLES and owner != "the"):
        return None
    bare = not owner and not (len(run) > 1 and is_proper(run[0]) and not is_proper(run[-1]))  # type: ignore[arg-type]
    kind = "person" if head in ROLES else "service" if is_system(head) else "organisation" if head in GROUPS else ""
    return Doer(refs=[Ref(name=text, type=kind)], head=head, plural=is_plural(head), bare=bare)


def _with_goal(cursor: Cursor, doer: Doer) -> Iterator[Doer]:
    """`the invoice for Acme`, `the key to the shed`: what follows belongs to it; else it is read without."""
    end = cursor.at
    if cursor.low() in ("for", "of", "to", "in", "at", "with", "on", "from", "above", "over", "under"):
        if cursor.low() == "for" and cursor.kind(1) == "time":
            cursor.at += 2
            yield doer
            return
        joint = cursor.low()
        begin = cursor.at + 1
        for longest in range(min(len(cursor.tokens), begin + 6), begin, -1):
            cursor.at = begin
            part = replace_tokens(cursor, longest)
            phrase = read_phrase(part)
            if phrase is not None and part.done:
                cursor.at = longest
                yield _wider(doer, f"{joint} {phrase.text}")
        return
    cursor.at = end
    yield doer


def _wider(doer: Doer, text: str) -> Doer:
    if doer.noun:
        return replace(doer, noun=f"{doer.noun}_{_token_of(text)}")
    return replace(doer, refs=[replace(doer.refs[0], name=f"{doer.refs[0].name} {text}")])


def _token_of(text: str) -> str:
    return fold_token(text.replace("'s", "s").replace("’s", "s"))


_UNKEPT = words("no any some every each all other another same only former first last next old new-old")
