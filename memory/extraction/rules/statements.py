"""One clause that states something: subject, verb group, slots, and whether all of it was understood."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from memory.extraction.diff import SELF, Move
from memory.extraction.rules.copula import read_complement
from memory.extraction.rules.families.assertions import attribute
from memory.extraction.rules.families.literals import read_literal
from memory.extraction.rules.families.origins import read_born
from memory.extraction.rules.families.routines import read_routine
from memory.extraction.rules.families.tables import EVENTS, STATES
from memory.extraction.rules.families.weddings import read_wedding
from memory.extraction.rules.scene import ME, Assertion, Ref, Scene
from memory.extraction.rules.subjects import Subject, read_subject
from memory.extraction.rules.subjects.kin import of_speaker
from memory.extraction.rules.subjects.subjectless import completed
from memory.extraction.rules.text.clauses import is_verbal
from memory.extraction.rules.text.lexicon import ADVERBS, BE, FORMS, NEGATIONS
from memory.extraction.rules.text.phrases import Cursor, is_proper, read_list
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.verbs import Tense, VerbGroup, read_verb
from memory.extraction.rules.text.words import words
from memory.extraction.rules.times.days import read_date_words
from memory.extraction.rules.values import read_email, read_phone, read_value
from memory.vocabulary.folding import fold_name

_ANY_MORE = (("anymore",), ("any", "more"), ("any", "longer"), ("no", "more"))
_TRAILING = (
    words("though here too well as anyway now again okay ok right unfortunately sadly luckily fortunately thankfully")
    | ADVERBS
)
_ASIDE_PREPOSITIONS = words(
    """in with for on from near out outside by alongside together to at around after since not-of"""
)
_ASIDE_NOUNS = words("the a an my our both all class room flat around with for in at on near from by")
_UNREAL = words(
    """dream dreams theory paper imagination head mind mine game novel story book film movie play song fiction
    spirit heart jest fun simulation show series tv sitcom episode scene reality past life childhood would could
    might if but except until unless instead or not never no than like what opposite absence vain
    only toy replica lego scale"""
)
_LOOSE = words(
    """have manage supervise work report marry live reside acquire buy purchase cost belong make manufacture
    produce employ hire headquarter locate speak play study learn"""
)
_OF_US = words(
    """lives_in has_pet has_child owns works_at speaks uses reports_to works_on number_of_children number_of_cats
    number_of_dogs household_size"""
)


@dataclass
class Predication:
    """`assertions` empty: not read. `silent`: understood to claim nothing. `rest`: something of it was not read."""

    assertions: list[Assertion] = field(default_factory=list)
    refs: list[Ref] = field(default_factory=list)
    group: VerbGroup = field(default_factory=VerbGroup)
    unclear: str = ""
    silent: bool = False
    rest: bool = False
    state: bool = False
    dateless: bool = False
    """The times of the clause belong to what was not read."""


def read_statement(tokens: Sequence[Token], scene: Scene, *, before: Sequence[Ref], link: str) -> Predication:
    """As a sentence with its subject; else with the one that was left out, and by the literal at its end."""
    told = _read(tokens, scene, before=before, link=link)
    if told.assertions or told.unclear or told.silent:
        return told
    whole = completed(tokens, scene) if not before or before[0].is_self else ()
    again = _read(whole, scene, before=(), link="") if whole else told
    return again if again.assertions else _by_literal(tokens, scene) or told


def _by_literal(tokens: Sequence[Token], scene: Scene) -> Predication | None:
    cursor = Cursor(tokens, casual=scene.casual, known=scene.known)
    for reader in (read_literal, read_routine, read_wedding):
        cursor.at = 0
        cursor.skip()
        if told := reader(cursor):
            found = Predication(assertions=told, state=True, dateless=True)
            return _checked(cursor, found)
    return None


def _read(tokens: Sequence[Token], scene: Scene, *, before: Sequence[Ref], link: str) -> Predication:
    ended, tokens = _without_any_more(_without_present(tokens))
    cursor = Cursor(tokens, casual=scene.casual, known=scene.known)
    cursor.skip()
    if link.startswith(("who", "which")):
        if link.endswith(" "):
            return Predication()
        cursor.take_any(("who", "which"))
    if cursor.low() == "both" and cursor.low(1) in ("my", "our"):
        cursor.at += 1
    subject = _relative(link, scene) or read_subject(cursor, scene) or _inherited(cursor, before)
    if subject is None:
        return _contact(Cursor(tokens))
    if subject.unclear:
        return Predication(unclear=subject.unclear)
    cursor.skip()
    told = _told_of(cursor, subject, scene, ended)
    lows = {token.low for token in tokens}
    denied = told.silent or told.group.negated or any(token.low in NEGATIONS for token in tokens[:2])
    if not told.assertions and lows & NEGATIONS:
        told.silent = denied and not lows & _ABSTAINING
    return told


def _told_of(cursor: Cursor, subject: Subject, scene: Scene, ended: bool) -> Predication:
    """`my wife is Anna` names her; where what follows is no name, it is told of her."""
    start = cursor.at
    told = _property(cursor, subject, scene, ended) if subject.owner else Predication()
    if not (told.assertions or told.silent) and subject.refs:
        cursor.at = start
        told = _acts(cursor, subject, scene, ended)
    told.assertions = of_speaker(told.assertions)
    return told


_ABSTAINING = words("eat drink smoke tolerate fly drive swim touch stand")
"""`I don't eat pork` is no denial of something that was said: it is told, and the rules leave it."""


_PRESENT = (
    ("at", "the", "moment"),
    ("right", "now"),
    ("these", "days"),
    ("at", "present"),
    ("for", "now"),
    ("so", "far"),
)


def _without_present(tokens: Sequence[Token]) -> Sequence[Token]:
    """`at the moment` says nothing that the present tense does not."""
    for at in range(len(tokens)):
        for said in _PRESENT:
            if tuple(token.low for token in tokens[at : at + len(said)]) == said:
                return [*tokens[:at], *tokens[at + len(said) :]]
    return tokens


def _without_any_more(tokens: Sequence[Token]) -> tuple[bool, Sequence[Token]]:
    for at in range(len(tokens)):
        for said in _ANY_MORE:
            if tuple(token.low for token in tokens[at : at + len(said)]) == said:
                return True, [*tokens[:at], *tokens[at + len(said) :]]
    return False, tokens


def _relative(link: str, scene: Scene) -> Subject | None:
    pronoun, _, name = link.partition(" ")
    if pronoun not in ("who", "which") or not name:
        return None
    return Subject([Ref(name=name, type=scene.type_of(name) or ("person" if pronoun == "who" else ""))])


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


def _contact(cursor: Cursor) -> Predication:
    """`you can reach me at a@b.example`, `call me on +49 …`."""
    lows = [token.low for token in cursor.tokens]
    if "me" not in lows or not {"reach", "email", "e-mail", "mail", "contact", "call", "text", "write", "phone"} & set(
        lows
    ):
        return Predication()
    cursor.at = lows.index("me") + 1
    if not cursor.take_any(("at", "on", "via", "by", "under")):
        return Predication()
    mails = read_list(cursor, read_email)
    phone = "" if mails else read_phone(cursor)
    assertions = [attribute(ME, "email", each) for each in mails] + ([attribute(ME, "phone", phone)] if phone else [])
    return Predication(assertions=assertions if cursor.done else [], state=True)


def _property(cursor: Cursor, subject: Subject, scene: Scene, ended: bool) -> Predication:
    """`my <noun> is …`, `the <noun> of X is …`."""
    if cursor.low() == "'s" and cursor.low(1) in BE:
        return Predication()  # `my brother's is a Gibson`: something of his that was not named
    group = _changed(cursor) or read_verb(cursor, copula=True)
    if group is None and cursor.take(":"):
        group = VerbGroup(lemma="be")
    if group is None or (group.lemma != "be" and not (group.passive and group.lemma in ("call", "name"))):
        return Predication()
    over = subject.ended or group.ended or ended
    if group.negated and not (ended or group.ended):
        return _denied(read_value(cursor, subject, scene), scene)
    if (group.tense is Tense.PAST and not over) or group.tense is Tense.FUTURE:
        return Predication()
    assertions = read_value(cursor, subject, scene)
    if over:
        assertions = [replace(each, move=Move.END) for each in assertions[:1] if each.key == subject.key]
    return _checked(cursor, Predication(assertions=assertions, group=group, state=True))


_CHANGES = words(
    """slipped moved changed shifted postponed pushed extended brought rose dropped fell increased decreased raised
    lowered reduced switched"""
)
_CHANGE_HELPERS = words("has have was is been just now got went back forward up down out")


def _changed(cursor: Cursor) -> VerbGroup | None:
    """`slipped to`, `has been moved to`, `went up to`: what follows is the value from then on."""
    start = cursor.at
    cursor.take_all(_CHANGE_HELPERS)
    went = {token.low for token in cursor.tokens[start : cursor.at]} & {"went", "up", "down"}
    changed = cursor.take_any(_CHANGES) or len(went) > 1
    cursor.take_all(_CHANGE_HELPERS)
    if changed and cursor.take("to"):
        return VerbGroup(lemma="be")
    cursor.at = start
    return None


def _denied(assertions: Sequence[Assertion], scene: Scene) -> Predication:
    """A denial ends what may be known of a known entity; else it claims nothing."""
    known = [
        replace(each, move=Move.END) for each in assertions if each.target and fold_name(each.target) in scene.known
    ]
    return Predication(assertions=known[:1], silent=True, state=True)


def _acts(cursor: Cursor, subject: Subject, scene: Scene, ended: bool) -> Predication:
    group = read_verb(cursor)
    if group is None:
        told = Predication(assertions=list(subject.assertions), refs=subject.refs, rest=True)
        return told if subject.assertions and cursor.done else _introduced(cursor, subject, None, cursor.at)
    group.ended = group.ended or ended
    told = Predication(group=group, refs=subject.refs)
    cursor.skip()
    start = cursor.at
    for ref in subject.refs:
        cursor.at = start
        assertions = _predicate(cursor, ref, group, scene)
        if ref.plural and any(each.key not in _OF_US and each.move is not Move.END for each in assertions):
            assertions = []
        if not assertions:
            return _introduced(cursor, subject, group, start)
        told.assertions += assertions
    told.state = group.lemma == "be" or (group.lemma in STATES and not group.began)
    if group.negated and not group.ended:
        return _denied(told.assertions, scene)
    if group.ended:
        told.assertions = _ended(told.assertions)
    told = _checked(cursor, told)
    told.assertions = [*subject.assertions, *told.assertions] if told.assertions else []
    return told


_KIN = words("has_child has_parent has_sibling has_pet married_to")
_NO_KIN = NEGATIONS | words(
    """dies passes leaves seems sounds ex dead gone late former imaginary character fictional novel story joke used
    always ends ceases disappears vanishes appears divorces quits lies says thinks believes claims is was as"""
)


def _introduced(cursor: Cursor, subject: Subject, group: VerbGroup | None, at: int) -> Predication:
    """`my son Leo starts school`: that he is the speaker's son is said, whatever else was not understood."""
    silent = group is not None and group.negated and not group.ended
    verb = cursor.tokens[at - 1 if group else at].low if cursor.tokens[at:] else ""
    kin = subject.assertions and all(each.key in _KIN and each.entity == SELF for each in subject.assertions)
    present = group is None or (group.tense is Tense.PRESENT and not (group.negated or group.ended))
    doubted = {token.low for token in cursor.tokens} & _NO_KIN
    if not (kin and present and verb.endswith("s") and verb != "'s") or doubted:
        return Predication(silent=silent, refs=subject.refs)
    state = VerbGroup(lemma="be")
    return Predication(assertions=list(subject.assertions), refs=subject.refs, group=state, rest=True, dateless=True)


def _ended(assertions: list[Assertion]) -> list[Assertion]:
    return [
        replace(assertion, move=Move.END, event=False)
        for assertion in assertions
        if not assertion.said_with or len(assertions) == 1
    ]


def _predicate(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    if group.lemma == "be":
        return read_born(cursor, ref, group, scene) or _due(cursor, ref) or read_complement(cursor, ref, group, scene)
    founding = group.lemma in ("found", "establish") and (group.passive or " " in ref.name)
    if ref.type == "" and group.passive and group.lemma in _MADE:
        ref = replace(ref, type="service")
    if ref.type == "" and group.lemma not in _LOOSE and not founding:
        return []
    reader = STATES.get(group.lemma) or EVENTS.get(group.lemma)
    if reader is None or (group.able and group.lemma not in _ABLE):
        return []
    disliked = group.negated and not group.ended and group.lemma in ("like", "enjoy")
    assertions = reader(cursor, ref, group, scene)
    if disliked:
        group.negated = False
        assertions = [replace(assertion, key="dislikes") for assertion in assertions]
    if group.lemma == "love" and group.negated and not group.ended:
        return []
    return assertions


_MADE = words("write build host deploy implement")
_ABLE = words("speak stand bear eat drink")
"""`I can speak Polish`, `I can't eat gluten`: what one can do, or not, is so."""


def _due(cursor: Cursor, ref: Ref) -> list[Assertion]:
    """`is due on 15 December`: of a piece of work."""
    if ref.type in ("person", "location", "organisation") or not cursor.take("due"):
        return []
    day = read_date_words(cursor)
    return [attribute(ref, "deadline", day, kind="project")] if day else []


def _checked(cursor: Cursor, told: Predication) -> Predication:
    """Nothing may be left over, but for an aside that begins with its preposition and tells of this world."""
    while not cursor.done and (cursor.low() in _TRAILING or cursor.kind() == "time" or cursor.low() in (".", ",")):
        cursor.at += 1
    if cursor.done or not told.assertions:
        return told
    if _is_aside(cursor, told.group):
        told.rest = True
        return told
    return Predication(refs=told.refs)


def _goes_on(left: Sequence[Token]) -> bool:
    """Whether a further sentence follows that was not cut off, with a verb of its own and of this world."""
    lows = {token.low for token in left}
    return len(left) > 2 and not lows & _UNREAL and any(is_verbal(token) for token in left[1:])


def _is_aside(cursor: Cursor, group: VerbGroup) -> bool:
    """Whether what is left over begins with its preposition, is short, and tells of this world."""
    left = cursor.tokens[cursor.at :]
    if cursor.low() in ("and", "but", "so") and _goes_on(left[1:]):
        return True
    if cursor.low(-1) == "," and not any(is_verbal(token) for token in left) and not {t.low for t in left} & _UNREAL:
        return len(left) < 12 and (cursor.low() in _ASIDE_NOUNS or cursor.kind() in ("number", "time"))
    if cursor.low() not in _ASIDE_PREPOSITIONS or len(left) >= 12 or {token.low for token in left} & _UNREAL:
        return False
    told_in = group.lemma == "be" and cursor.low() == "in" and not is_proper(cursor.token(1))
    spans = cursor.low() in ("from", "around", "after", "since", "on") and cursor.kind(1) == "number"
    return not (told_in or spans) and all(token.kind in ("word", "number", "time", "mark") for token in left)
