"""What somebody can do, does only so, or has done for years."""

from memory.extraction.rules.everyday.tails import Tail, read_tail
from memory.extraction.rules.everyday.who import is_somebody
from memory.extraction.rules.general.doer import Doer
from memory.extraction.rules.general.lexicon import IDIOMS, THE_IDIOMS
from memory.extraction.rules.plain.shape import Telling
from memory.extraction.rules.text.forms import form_of
from memory.extraction.rules.text.phrases import Cursor
from memory.extraction.rules.text.verbs import Tense, VerbGroup
from memory.extraction.rules.text.words import words

_SKILLS = words(
    "play ride drive swim ski sew knit code type juggle read write cook bake sing dance weld sail touch-type"
)
_TO_OTHERS = words("you him her them us me it this that tomorrow")


def read_able(cursor: Cursor, doer: Doer, group: VerbGroup) -> Telling | None:
    """`can play the accordion`: a skill, and nothing that is offered."""
    tail = read_tail(cursor) if group.lemma in _SKILLS and group.tense is Tense.PRESENT else None
    if tail is None or tail.joint or tail.dated or tail.again or not is_somebody(doer) or len(tail.tokens) > 4:
        return None
    lows = {token.low for token in tail.tokens}
    if not lows or lows & (_TO_OTHERS | IDIOMS | THE_IDIOMS):
        return None
    return Telling(doer.tell("can", f"{group.lemma} {tail.text}"))


_DONE = words("accept take serve sell eat drink wear use buy speak read watch deliver work cook play")


def read_only(cursor: Cursor, doer: Doer, group: VerbGroup) -> Telling | None:
    """`only accept cash`."""
    tail = read_tail(cursor) if group.lemma in _DONE and group.tense is Tense.PRESENT else None
    plain = tail is not None and tail.text and not tail.dated and len(tail.tokens) <= 5 and not group.progressive
    if not plain or tail is None or {token.low for token in tail.tokens} & (_TO_OTHERS | IDIOMS | THE_IDIOMS):
        return None
    said = " ".join(filter(None, (tail.joint, tail.text)))
    return Telling(doer.tell(f"only_{form_of(group.lemma, 'third')}", said), dateless=True)


_PRACTISED = words("teach drive work smoke play paint write knit sing dance box farm fish coach nurse bake cook")


def practised(doer: Doer, group: VerbGroup, tail: Tail) -> Telling | None:
    """`have been teaching for twelve years`."""
    lasts = len(tail.dated) == 1 and tail.dated[0].casefold().startswith(("since", "for "))
    if not (group.progressive and lasts and tail.is_bare and group.lemma in _PRACTISED and is_somebody(doer)):
        return None
    return Telling(doer.tell("habit", form_of(group.lemma, "ing")), group)
