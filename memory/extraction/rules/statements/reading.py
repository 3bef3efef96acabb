"""One clause that states something: subject, verb group, slots, and whether all of it was understood."""

from collections.abc import Sequence
from dataclasses import replace

from memory.extraction.diff import SELF
from memory.extraction.rules.everyday import named_beside, read_everyday
from memory.extraction.rules.families.routines import read_routine
from memory.extraction.rules.families.weddings import read_wedding
from memory.extraction.rules.general import read_general
from memory.extraction.rules.literals import read_literal
from memory.extraction.rules.literals.figures import read_figure
from memory.extraction.rules.literals.hours import read_hours
from memory.extraction.rules.literals.preferences import read_preference
from memory.extraction.rules.literals.records import read_listing, read_plan, read_prescribed, read_trade
from memory.extraction.rules.plain import read_verbal
from memory.extraction.rules.scene import KIN, ME, Assertion, Ref, Scene
from memory.extraction.rules.statements.acts import read_acts
from memory.extraction.rules.statements.contact import read_contact
from memory.extraction.rules.statements.fronted import unfronted, with_antecedent, with_owner, with_place_behind
from memory.extraction.rules.statements.further import with_further
from memory.extraction.rules.statements.leftovers import checked
from memory.extraction.rules.statements.predication import Predication
from memory.extraction.rules.statements.properties import read_property_value
from memory.extraction.rules.statements.referents import with_referents
from memory.extraction.rules.statements.sifting import sifted
from memory.extraction.rules.statements.word_order import in_plain_order
from memory.extraction.rules.subjects import Subject, read_subject
from memory.extraction.rules.subjects.kin import of_speaker
from memory.extraction.rules.subjects.subjectless import as_of_speaker, completed, without_kin_owner
from memory.extraction.rules.text.forms import FORMS
from memory.extraction.rules.text.lexicon import NEGATIONS
from memory.extraction.rules.text.phrases import Cursor
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.verbs import Tense
from memory.extraction.rules.text.words import words

_ANY_MORE = (("anymore",), ("any", "more"), ("any", "longer"), ("no", "more"))


def read_statement(tokens: Sequence[Token], scene: Scene, *, before: Sequence[Ref], link: str) -> Predication:
    """What is read of it, as far as its words are evidence for that."""
    return sifted(_read_in_order(tokens, scene, before=before, link=link), tokens, scene)


def _read_in_order(tokens: Sequence[Token], scene: Scene, *, before: Sequence[Ref], link: str) -> Predication:
    """As it stands; and where nothing is read of it so, with what stands in front of it at its end."""
    spoken = as_of_speaker(in_plain_order(tokens))
    tokens, nobody = with_referents(with_owner(without_kin_owner(spoken, scene), scene), scene)
    if nobody:
        return Predication()
    told = _as_it_stands(tokens, scene, before, link)
    behind = () if told.assertions or told.unclear else with_place_behind(tokens)
    again = _as_it_stands(behind, scene, before, link) if behind else told
    if not (told.assertions or told.unclear or again.assertions) and (whole := with_antecedent(tokens, link)):
        again = _as_it_stands(whole, scene, (), "")
    return again if again.assertions and not again.rest else told


def _as_it_stands(tokens: Sequence[Token], scene: Scene, before: Sequence[Ref], link: str) -> Predication:
    """As a sentence with its subject; else with the one that was left out, and by the literal at its end."""
    told = _read(tokens, scene, before=before, link=link)
    if told.rest and told.left and not _lasted(told):
        return with_further(told)
    if told.rest and told.assertions and not told.unclear:
        return _by_grammar(tokens, scene, before, link) or _in_own_words(tokens, scene, before, link) or told
    if told.assertions and (_was(told) or _lasted(told)) and (general := _by_grammar(tokens, scene, before, link)):
        return general
    if told.silent and not told.assertions:
        return _in_own_words(tokens, scene, before, link) or told
    if told.assertions or told.unclear:
        return told
    whole = completed(tokens, scene) if not before or before[0].is_self else ()
    again = _read(whole, scene, before=(), link="") if whole else told
    if again.assertions:
        return again
    found = _by_literal(tokens, scene) or _by_grammar(tokens, scene, before, link)
    if found is None or found.rest:
        own = _in_own_words(tokens, scene, before, link) or (_in_own_words(whole, scene, (), "") if whole else None)
        return own or found or told
    return found


def _was(told: Predication) -> bool:
    """Whether it tells what somebody was, which no family reads."""
    return told.group.lemma == "be" and told.group.tense is Tense.PAST and not told.group.ended


def _lasted(told: Predication) -> bool:
    """`I taught history for thirty years`: what was so for a while, told in its own words."""
    over = told.group.ended or told.group.began or told.group.passive
    return told.state and told.group.lemma in ("teach", "study") and told.group.tense is Tense.PAST and not over


def _by_grammar(tokens: Sequence[Token], scene: Scene, before: Sequence[Ref], link: str) -> Predication | None:
    if link.startswith(_RELATIVE) or len(tokens) > LONGEST:
        return None
    ended, kept = _without_any_more(_without_present(tokens))
    return read_general(kept, scene, before=before, ended=ended)


_RELATIVE = ("who", "which", "whose")
LONGEST = 36
"""Tokens of a clause that is read by its grammar; a longer one is prose, and is left to a model."""


def _in_own_words(tokens: Sequence[Token], scene: Scene, before: Sequence[Ref], link: str) -> Predication | None:
    if link.startswith(_RELATIVE) or len(tokens) > LONGEST:
        return None
    if named := named_beside(tokens, scene):
        return _with_name(*named, scene)
    ended, kept = _without_any_more(_without_present(tokens))
    told = read_everyday(kept, scene, before=before, ended=ended)
    return told if told or ended else read_verbal(kept, scene, before=before)


def _with_name(told: Sequence[Assertion], tokens: Sequence[Token], scene: Scene) -> Predication | None:
    """`our head, Mrs Ito, retires in June`: who she is, and what is said of her."""
    said = read_everyday(tokens, scene, before=(), ended=False) or read_statement(tokens, scene, before=(), link="")
    gone = said.group.ended or said.group.lemma == "die"
    if not said.assertions or said.rest or gone:
        return None
    said.assertions = [*told, *said.assertions]
    return said


def _by_literal(tokens: Sequence[Token], scene: Scene) -> Predication | None:
    cursor = Cursor(unfronted(tokens), casual=scene.casual, known=scene.known)
    for reader in _LITERALS:
        cursor.at = 0
        cursor.skip()
        if told := reader(cursor):
            found = checked(cursor, Predication(assertions=told, refs=_things(told), state=True, dateless=True))
            found = with_further(found) if found.left else found
            return found if found.assertions else None
    return None


_LITERALS = (
    *(read_hours, read_preference, read_prescribed, read_plan, read_trade, read_listing),
    *(read_figure, read_literal, read_routine, read_wedding),
)


def _things(told: Sequence[Assertion]) -> list[Ref]:
    """Whom the next clause means that leaves its subject out: `the bakery opens at six and closes at noon`."""
    first = told[0]
    noun, _, said = first.key.rpartition("_")
    if first.key == "routine":
        return [ME]
    if first.entity == SELF:
        return [Ref(name=KIN + noun, inferred=True)] if noun and said in ("starts", "opens", "ends") else []
    return [Ref(name=first.entity, type=first.entity_type)]


def _read(tokens: Sequence[Token], scene: Scene, *, before: Sequence[Ref], link: str) -> Predication:
    ended, tokens = _without_any_more(_without_present(tokens))
    cursor = Cursor(tokens, casual=scene.casual, known=scene.known)
    cursor.skip()
    if link.startswith(("who", "which")):
        if link.endswith(" ") and not (before and before[0].name.startswith(KIN)):
            return Predication()
        cursor.take_any(("who", "which"))
    if cursor.low() == "both" and cursor.low(1) in ("my", "our"):
        cursor.at += 1
    subject = _relative(link, scene) or read_subject(cursor, scene) or _inherited(cursor, before)
    if subject is None:
        return read_contact(Cursor(tokens))
    if subject.unclear:
        return Predication(unclear=subject.unclear)
    cursor.skip()
    told = _told_of(cursor, subject, scene, ended)
    lows = {token.low for token in tokens}
    denied = told.silent or told.group.negated or any(token.low in NEGATIONS for token in tokens[:2])
    denied = denied and not _is_over(tokens)
    if not told.assertions and lows & NEGATIONS:
        told.silent = denied and not lows & _ABSTAINING
    return told


def _told_of(cursor: Cursor, subject: Subject, scene: Scene, ended: bool) -> Predication:
    """`my wife is Anna` names her; where what follows is no name, it is told of her."""
    start = cursor.at
    told = read_property_value(cursor, subject, scene, ended) if subject.owner else Predication()
    if not (told.assertions or told.silent) and subject.refs:
        cursor.at = start
        told = read_acts(cursor, subject, scene, ended)
    told.assertions = of_speaker(told.assertions)
    return told


def _is_over(tokens: Sequence[Token]) -> bool:
    """`no longer` denies nothing: it ends what was so."""
    return any(tokens[at].low == "no" and tokens[at + 1].low == "longer" for at in range(len(tokens) - 1))


_ABSTAINING = words("eat drink smoke tolerate fly drive swim touch stand")
"""`I don't eat pork` is no denial of something that was said: it is told, and the rules leave it."""
_PRESENT = (
    ("at", "the", "moment"),
    ("right", "now"),
    ("these", "days"),
    ("at", "present"),
    ("for", "now"),
    ("so", "far"),
    (",", "no", "exceptions"),
    (",", "without", "fail"),
    (",", "every", "time"),
)


def _without_present(tokens: Sequence[Token]) -> Sequence[Token]:
    """`at the moment` says nothing that the present tense does not."""
    at, width = _where(tokens, _PRESENT)
    return [*tokens[:at], *tokens[at + width :]] if width else tokens


def _without_any_more(tokens: Sequence[Token]) -> tuple[bool, Sequence[Token]]:
    at, width = _where(tokens, _ANY_MORE)
    return (True, [*tokens[:at], *tokens[at + width :]]) if width else (False, tokens)


def _where(tokens: Sequence[Token], phrases: Sequence[tuple[str, ...]]) -> tuple[int, int]:
    """The first of the phrases that stands in the tokens, and how many they are; no width where none does."""
    openings = {said[0] for said in phrases}
    for at, token in enumerate(tokens):
        for said in phrases if token.low in openings else ():
            if tuple(each.low for each in tokens[at : at + len(said)]) == said:
                return at, len(said)
    return 0, 0


def _relative(link: str, scene: Scene) -> Subject | None:
    pronoun, _, name = link.partition(" ")
    if pronoun not in ("who", "which") or not name:
        return None
    kind = scene.type_of(name)
    if pronoun == "who" and kind == "location":
        return Subject()  # `a friend in Leeds who keeps bees`
    return Subject([Ref(name=name, type=kind or ("person" if pronoun == "who" else ""))])


def _inherited(cursor: Cursor, before: Sequence[Ref]) -> Subject | None:
    if before and cursor.low() in _ELLIPTIC:
        first = cursor.tokens[cursor.at]
        copula = replace(first, text="am" if before[0].is_self else "is", low="am" if before[0].is_self else "is")
        cursor.tokens = [*cursor.tokens[: cursor.at], copula, *cursor.tokens[cursor.at :]]
    others = {kind for _, kind in FORMS.get(cursor.low(), ())} == {"third"} or cursor.low() in ("is", "has", "does")
    if before and others and before[0].is_self:
        return None
    return Subject(list(before)) if before else None


_ELLIPTIC = words("based living working married employed located headquartered currently-working")
