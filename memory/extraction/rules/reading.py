"""A turn read by rules: its sentences, their clauses, the frame of each, and only then what it says."""

import re
from collections.abc import Sequence
from dataclasses import replace

from memory.extraction.diff import Diff, TurnText, UncertaintyRow
from memory.extraction.rules.ellipsis import is_likewise, may_go_on, take_ellipsis
from memory.extraction.rules.fragments import restated, take_fragment
from memory.extraction.rules.framing.citations import cites, leads_in, speaker_behind
from memory.extraction.rules.framing.contrasts import take_contrast, take_hedges
from memory.extraction.rules.framing.frames import Frame, frame_of, is_duty, is_fiction, is_sarcastic, is_unsure
from memory.extraction.rules.framing.instructions import is_errand, is_order, is_told, read_instruction
from memory.extraction.rules.framing.openers import Opening, take_openers
from memory.extraction.rules.scene import ME, Scene
from memory.extraction.rules.settling import settle
from memory.extraction.rules.statements import Predication, divided, is_gapped, is_whole, read_statement
from memory.extraction.rules.text.clauses import Clause, split_clauses
from memory.extraction.rules.text.forms import VERB_FORMS
from memory.extraction.rules.text.heads import is_verbal
from memory.extraction.rules.text.lexicon import BE
from memory.extraction.rules.text.recased import is_casual, recased
from memory.extraction.rules.text.sentences import split_sentences
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words
from memory.extraction.rules.turns import Claims, Discourse, diff_of, said_in
from memory.extraction.rules.withdrawals import (
    is_free,
    remember_names,
    replace_tokens,
    take_background,
    take_condition,
    take_joke,
    take_retraction,
)
from memory.vocabulary.folding import fold_name

_OVERRIDE = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:previous|prior|above|earlier|preceding"
    r"|all|your|system)\b.{0,30}"
    r"\b(?:instructions?|rules?|prompts?|guidelines|directives)\b",
    re.IGNORECASE | re.DOTALL,
)


def read_by_rules(turn: TurnText) -> Diff:
    """What the turn claims; pure. An assistant's words claim nothing; a system's may only give orders."""
    if turn.role == "assistant" or not turn.text.strip():
        return Diff()
    if _OVERRIDE.search(turn.text):
        return Diff(unread=(" ".join(turn.text.split()),))
    reading = Discourse(source=turn, scene=_scene(turn))
    for number, sentence in enumerate(split_sentences(turn.text)):
        if reading.scene.casual:
            sentence = replace(sentence, tokens=recased(sentence.tokens))
        if is_sarcastic(turn.text[sentence.start : sentence.start + 120]):
            continue
        clauses = split_clauses(sentence, number, spoken=turn.spoken_at)
        for at, clause in enumerate(clauses):
            reading.scene.clause += 1
            _read_clause(reading, clause, last=_is_asked(clauses, at))
    return diff_of(reading)


def _scene(turn: TurnText) -> Scene:
    known = {
        fold_name(name): each.type for each in turn.known if not each.is_self for name in (each.name, *each.aliases)
    }
    return Scene(known=known, casual=is_casual(turn.text))


def _is_asked(clauses: Sequence[Clause], at: int) -> bool:
    """Whether the sentence's mark belongs to this clause: with a question mark to all, but for what stands before a
    question of its own ("I live in Riga, do you know it?")."""
    if at == len(clauses) - 1:
        return True
    last = clauses[-1].lows
    own = (
        last[0] in ("what", "where", "how", "who", "why", "when", "which") or last[:2] in _ASKING or last[:3] in _ASKING
    )
    return clauses[at].mark == "?" and not own


_ASKING = {
    (first, second)
    for first in ("do", "can", "could", "would", "will", "have", "are", "did", "any")
    for second in ("you", "we", "i", "they", "there", "ideas", "suggestions", "tips")
}


def _read_clause(reading: Discourse, clause: Clause, *, last: bool) -> None:
    if clause.paragraph == reading.skipped_paragraph:
        return
    claims = Claims(clause)
    reading.claims.append(claims)
    if is_likewise(clause):
        claims.unread = True
        return
    opening = take_openers(clause.tokens)
    corrected = reading.corrected or opening.corrected
    reading.corrected = False
    opening = _carried(reading, clause, opening)
    if opening.cited or _opens_citation(reading, clause):
        claims.unread = clause.link == ","
        reading.skipped_paragraph = clause.paragraph if clause.tokens[-1].kind != "quote" and not opening.cited else -1
        return
    if not opening.tokens:
        reading.corrected = corrected and clause.mark in ("", ",", ".", "!", "?", "…")
        _collapse_scratch(reading, opening)
        return
    again = restated(reading, clause, opening.tokens)
    corrected = corrected or again is not opening.tokens
    opening = replace(opening, tokens=again)
    peeled = replace_tokens(clause, again)
    frame = frame_of(peeled, last=last)
    _act(reading, claims, peeled, opening, frame, corrected)


def _carried(reading: Discourse, clause: Clause, opening: Opening) -> Opening:
    """`According to Lucia, …` and `Apparently, …` hold for what follows in their sentence."""
    if not opening.tokens:
        reading.carried = (clause.sentence, opening)
        _tell_before(reading, clause, opening)
        return opening
    sentence, before = reading.carried
    if sentence != clause.sentence or before is None:
        before = reading.manner[1] if reading.manner[0] == clause.sentence and _has_no_subject(opening) else None
    if opening.hedged or opening.asserted_by:
        reading.manner = (clause.sentence, opening)
    if before is None:
        return opening
    return replace(
        opening,
        hedged=opening.hedged or before.hedged,
        asserted_by=opening.asserted_by or before.asserted_by,
        direct=opening.direct or before.direct,
    )


def _has_no_subject(opening: Opening) -> bool:
    """`… and works at Fiat`: it goes on with what was said before, and in its manner."""
    first = opening.tokens[0]
    return first.is_word and not first.is_capital and (first.low in VERB_FORMS or first.low in BE)


def _tell_before(reading: Discourse, clause: Clause, opening: Opening) -> None:
    """`…, I think`: of the clause before."""
    before = reading.claims[-2] if len(reading.claims) > 1 else None
    if before is None or before.clause.sentence != clause.sentence or not (opening.hedged or opening.asserted_by):
        return
    before.assertions = [
        (each, dates, replace(manner, hedged=opening.hedged, asserted_by=manner.asserted_by or opening.asserted_by))
        for each, dates, manner in before.assertions
    ]


def _opens_citation(reading: Discourse, clause: Clause) -> bool:
    """`The email says: …`, `Claim: …`: a colon after a citing verb or a label covers the rest of its paragraph."""
    before = reading.claims[-2] if len(reading.claims) > 1 else None
    if before is None or before.clause.sentence != clause.sentence:
        return False
    tokens = before.clause.tokens
    if clause.link in (",", "-", "–", "—") and clause.tokens[0].low in _SPEAKING and leads_in(tokens):
        return True
    if clause.link != ":":
        return False
    label = (len(tokens) == 1 or not any(is_verbal(token) for token in tokens)) and not (
        set(before.clause.lows) & _OWN_LABELS
    )
    return label or cites(before.clause.tokens)


_SPEAKING = words("i we my our")
_OWN_LABELS = words(
    """note fyi update reminder about intro introduction correction info news btw ps me edit context background self
    heads-up heads fact aside records"""
)


def _collapse_scratch(reading: Discourse, opening: Opening) -> None:
    if any(taken in ("scratch that", "strike that") for taken in opening.taken) and len(reading.claims) > 1:
        for earlier in reading.claims[-2:-1]:
            earlier.assertions.clear()


_PLAIN = (Frame.SMALL_TALK, Frame.STATEMENT)


def _act(reading: Discourse, claims: Claims, clause: Clause, opening: Opening, frame: Frame, corrected: bool) -> None:
    if frame is Frame.CONDITION:
        reading.conditional = clause.sentence
        reading.fictional |= is_fiction(" ".join(clause.lows))
        claims.unread = is_duty(clause)
        take_condition(reading, clause)
        if is_unsure(clause) and not _is_ordered(reading, clause):
            claims.uncertain.append(_possible(reading, claims))
        return
    if _is_covered(reading, claims, clause):
        return
    if frame is Frame.QUESTION:
        remember_names(reading, clause)
    elif frame in _PLAIN and (
        take_ellipsis(reading, claims, clause) or take_fragment(reading, claims, clause, corrected=corrected)
    ):
        return
    elif frame is Frame.SMALL_TALK:
        reading.corrected = corrected
    elif frame in _WITHDRAWING:
        _WITHDRAWING[frame](reading, claims, clause)
    else:
        _tell(reading, claims, clause, opening, frame, corrected)


def _possible(reading: Discourse, claims: Claims) -> UncertaintyRow:
    return UncertaintyRow(about=said_in(reading, claims), kind="unread", reason="said as a possibility only")


def _is_ordered(reading: Discourse, clause: Clause) -> bool:
    text = reading.source.text[clause.start : clause.end]
    return reading.source.role == "system" or reading.fictional or is_order(text) or read_instruction(text) is not None


_WITHDRAWING = {Frame.JOKE: take_joke, Frame.RETRACTION: take_retraction}


def _is_covered(reading: Discourse, claims: Claims, clause: Clause) -> bool:
    """Whether what was said before in its sentence holds for it, too: a condition, or another time."""
    if is_free(clause):
        return False
    if reading.conditional == clause.sentence:
        return True
    if reading.another_time == clause.sentence:
        claims.unread = True
        remember_names(reading, clause)
        return True
    return False


def _tell(reading: Discourse, claims: Claims, clause: Clause, opening: Opening, frame: Frame, corrected: bool) -> None:
    """An order or a statement; of a system's words, and in fiction, the former alone."""
    of_somebody = clause.link == "," and clause.tokens[0].low in ("he", "she")
    if reading.ordered == clause.sentence and not (of_somebody or clause.link in ("but", "because", ";", "and")):
        remember_names(reading, clause)
        return
    if _instruct(reading, claims, clause, opening) or reading.source.role == "system" or reading.fictional:
        return
    if frame is Frame.BACKGROUND:
        take_background(reading, claims, clause)
        return
    _state(reading, claims, clause, opening, corrected)


def _instruct(reading: Discourse, claims: Claims, clause: Clause, opening: Opening) -> bool:
    text = reading.source.text[clause.start : clause.end]
    if opening.asserted_by or is_told(clause.tokens[0].low, text):
        return False
    if any(token.kind == "quote" and len(token.text.split()) > 3 for token in clause.tokens):
        return False
    row = read_instruction(text)
    if row:
        claims.instruction = row
        return True
    errand = is_errand(reading.source.text[: clause.start], text)
    ordered = errand or (is_order(text) and not _goes_on(reading, clause))
    claims.unread |= errand or (ordered and may_go_on(reading, clause))
    reading.ordered = clause.sentence if ordered else reading.ordered
    return ordered


def _goes_on(reading: Discourse, clause: Clause) -> bool:
    """`I'm married and have three children`: of the speaker, as before; `… and send me the link` is not."""
    before = reading.claims[-2] if len(reading.claims) > 1 and clause.link in ("and", ",", "but") else None
    if before is None or before.clause.sentence != clause.sentence:
        return False
    own = bool(before.assertions and reading.refs and reading.refs[0].is_self)
    if not own and (before.clause.tokens[0].low not in ("i", "we") or reading.ordered == clause.sentence):
        return False
    refs = reading.refs if own else (ME,)
    return is_whole(read_statement(clause.tokens, reading.scene, before=refs, link=clause.link))


def _state(reading: Discourse, claims: Claims, clause: Clause, opening: Opening, corrected: bool) -> None:
    if _attributed(reading, clause):
        return
    if opening.direct and _in_own_name(clause.tokens):
        claims.unread = True
        remember_names(reading, clause)
        return
    tokens, hedged = take_hedges(clause.tokens)
    tokens, instead_of = take_contrast(tokens)
    before = reading.refs if clause.link else ()
    gapped = is_gapped(tokens)
    told = Predication() if gapped else read_statement(tokens, reading.scene, before=before, link=clause.link)
    if told.unclear:
        claims.uncertain.append(_reference(clause, told.unclear))
        reading.refs = ()
        return
    opening = replace(opening, hedged=opening.hedged or hedged, corrected=corrected)
    parts = () if is_whole(told) or instead_of or not _is_short(reading) else divided(tokens, reading.scene, ())
    for part in parts:
        told = read_statement(part, reading.scene, before=(), link="")
        settle(reading, claims, replace_tokens(clause, part), told, opening, "")
    if not parts:
        settle(reading, claims, clause, told, opening, instead_of)
    remember_names(reading, clause, but=[each.value for each in told.assertions if each.key.endswith(_UNNAMING)])


MOST_DIVIDED = 16
"""Clauses of a turn past which none is divided any more: what is that long is a document."""


def _is_short(reading: Discourse) -> bool:
    return len(reading.claims) <= MOST_DIVIDED


_UNNAMING = ("is", "grade", "status", "position", "dwelling", "role", "speaks", "nationality", "hometown", "breed")
"""What stands under these is no name of anybody."""


def _attributed(reading: Discourse, clause: Clause) -> bool:
    """`…, Dana said`: of the clause before, whose "I" is hers then, and not the speaker's."""
    before = reading.claims[-2] if len(reading.claims) > 1 else None
    if before is None or before.clause.sentence != clause.sentence:
        return False
    lows = clause.lows
    if lows[:1] == ("said",) and set(lows) & {"no", "nobody", "never"}:
        before.assertions.clear()
        return True
    who = speaker_behind(clause)
    if not who:
        return False
    if _in_own_name(before.clause.tokens):
        before.unread = True
        before.assertions.clear()
    before.assertions = [
        (assertion, dates, replace(manner, asserted_by=who)) for assertion, dates, manner in before.assertions
    ]
    return True


_OWN_NAME = words("i we me us my our mine ours myself")


def _in_own_name(tokens: Sequence[Token]) -> bool:
    return any(token.low in _OWN_NAME for token in tokens)


def _reference(clause: Clause, pronoun: str) -> UncertaintyRow:
    said = next((token.text for token in clause.tokens if token.low == pronoun), pronoun)
    return UncertaintyRow(about=said, kind="reference", reason=f"{said} may be more than one that was named")
