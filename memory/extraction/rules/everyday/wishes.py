"""What somebody would rather have, what others want, and by when something has to be done."""

from collections.abc import Sequence

from memory.extraction.rules.everyday.tails import read_tail
from memory.extraction.rules.everyday.who import is_somebody
from memory.extraction.rules.general.doer import Doer
from memory.extraction.rules.scene import Assertion, guess_type
from memory.extraction.rules.text.forms import VERB_FORMS
from memory.extraction.rules.text.phrases import Cursor, join_tokens
from memory.extraction.rules.text.roles import read_role
from memory.extraction.rules.text.words import words


def read_wish(cursor: Cursor, doer: Doer) -> Sequence[Assertion] | None:
    """Behind its subject, to the end of the clause."""
    start = cursor.at
    for reader in (_rather, _wanted, _due, _training, _learning, _obliged):
        cursor.at = start
        if told := reader(cursor, doer):
            return told
    return None


_LIKED = words(
    """be buy camp chat communicate cook cycle deal drink drive eat email fly get go have live meet pay phone play read
    rent run sleep stay swim take talk teach text train travel use walk watch wear work write"""
)


def _rather(cursor: Cursor, doer: Doer) -> Sequence[Assertion] | None:
    """`would rather walk than drive`, `would sooner have regulars than tourists`: both of them plain."""
    if not cursor.take("would") or not cursor.take_any(("rather", "sooner")) or cursor.low() not in _LIKED:
        return None
    begin = cursor.at
    than = next((at for at in range(begin, len(cursor.tokens)) if cursor.tokens[at].low == "than"), 0)
    if not than or any(token.text == "," for token in cursor.tokens[begin:]) or than + 1 >= len(cursor.tokens):
        return None
    first, second = Cursor(cursor.tokens[:than], begin + 1), Cursor(cursor.tokens, than + 1)
    tails = read_tail(first), read_tail(second)
    if any(tail is None or tail.dated for tail in tails):
        return None
    cursor.at = len(cursor.tokens)
    said = join_tokens(cursor.tokens[begin:than])
    return doer.tell("prefers", f"{said} rather than {join_tokens(cursor.tokens[than + 1 :])}")


def _wanted(cursor: Cursor, doer: Doer) -> Sequence[Assertion] | None:
    """`my boss wants everything on paper`, `my son wants to be a vet`: of others; the speaker's wishes are not told."""
    if doer.is_speaker or not cursor.take("wants"):
        return None
    start = cursor.at
    if cursor.take("to") and (cursor.low() == "be" or cursor.low() in VERB_FORMS):
        cursor.at += 1
    cursor.take("everything")
    tail = read_tail(cursor)
    bound = tail is not None and all(said.casefold().startswith("by ") for said in tail.dated)
    plain = tail is not None and bound and not tail.is_bare and cursor.tokens[start].low not in ("out", "in", "up")
    return doer.tell("wants", join_tokens(cursor.tokens[start:])) if plain else None


def _training(cursor: Cursor, doer: Doer) -> Sequence[Assertion] | None:
    """`training to be an electrician`."""
    if not cursor.take_any(("am", "is", "are", "'s")) or not cursor.take_any(("training", "studying", "retraining")):
        return None
    if not (cursor.take("to", "be") or cursor.take("to", "become") or cursor.take("as")):
        return None
    role = read_role(cursor) if cursor.take_any(("a", "an")) else ""
    return doer.tell("training_as", role) if role and cursor.done else None


_NOT_LEARNT = words("be get go have live stay use take buy")
_LEARNT = (_LIKED - _NOT_LEARNT) | words(
    """bake crochet dance draw fish garden juggle knit paint sail sew sing skate ski spell surf weld windsurf"""
)


def _learning(cursor: Cursor, doer: Doer) -> Sequence[Assertion] | None:
    """`learning to bake bread`, `learning how to knit`."""
    if not cursor.take_any(("am", "is", "are", "'m", "'s", "'re")) or not cursor.take("learning"):
        return None
    cursor.take("how")
    if not cursor.take("to") or cursor.low() not in _LEARNT:
        return None
    begin = cursor.at
    cursor.at += 1
    tail = read_tail(cursor)
    plain = tail is not None and not (tail.dated or tail.again)
    return doer.tell("learning_to", join_tokens(cursor.tokens[begin:])) if plain else None


def _obliged(cursor: Cursor, doer: Doer) -> Sequence[Assertion] | None:
    """`must be signed in the office`, `must not eat salt`: what is a rule for others, and what nobody may."""
    if not cursor.take("must"):
        return None
    barred = cursor.take("not")
    begin = cursor.at
    passive = cursor.take("be")
    kinds = {kind for _, kind in VERB_FORMS.get(cursor.low(), ())}
    cursor.at += 1
    tail = read_tail(cursor) if ("participle" if passive else "base") in kinds else None
    if tail is None or tail.dated or cursor.tokens[begin].low == "have":
        return None
    guessed = is_somebody(doer) or guess_type(doer.refs[0].name) == "person"
    if not barred and (not passive or guessed):
        return None
    return doer.tell("must_not" if barred else "must", join_tokens(cursor.tokens[begin:]))


_MUST = words("has have needs need must")
_FINISHED = words("in done ready finished paid submitted returned filed delivered sent back out handed-in")


def _due(cursor: Cursor, doer: Doer) -> Sequence[Assertion] | None:
    """`have to be in by Friday`."""
    if doer.is_speaker or not cursor.take_any(_MUST) or not (cursor.take("to", "be") or cursor.take("be")):
        return None
    if not cursor.take_any(_FINISHED) or cursor.kind() != "time" or not cursor.low().startswith(("by ", "on ")):
        return None
    day = cursor.tokens[cursor.at].text.partition(" ")[2]
    cursor.at += 1
    return doer.tell("deadline", day) if cursor.done else None
