"""A turn read by rules: its sentences, their clauses, the frame of each, and only then what it says."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from memory.extraction.diff import SELF, Diff, FactRow, InstructionRow, Move, TurnText, UncertaintyRow
from memory.extraction.rules.dating import Dates, leans_to_future, read_dates
from memory.extraction.rules.frames import Frame, cites, frame_of, is_fiction, is_plain_kidding, is_sarcastic
from memory.extraction.rules.instructions import is_order, read_instruction
from memory.extraction.rules.openers import Opening, take_openers
from memory.extraction.rules.rows import Entities, Manner, fact_row, with_lists
from memory.extraction.rules.scene import Draft, Ref, Scene
from memory.extraction.rules.statements import Statement, read_statement
from memory.extraction.rules.telling import framed
from memory.extraction.rules.text.clauses import Clause, is_verbal, split_clauses
from memory.extraction.rules.text.lexicon import FORMS, FUNCTION_WORDS, SMALL_TALK
from memory.extraction.rules.text.nouns import ATTRIBUTES
from memory.extraction.rules.text.phrases import is_proper, join_tokens
from memory.extraction.rules.text.sentences import split_sentences
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words
from memory.vocabulary.folding import fold_name
from memory.vocabulary.keys import KEYS, fold_key, known_key

_OVERRIDE = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:previous|prior|above|earlier|preceding"
    r"|all|your|system)\b.{0,30}"
    r"\b(?:instructions?|rules?|prompts?|guidelines|directives)\b",
    re.IGNORECASE | re.DOTALL,
)


@dataclass
class Claims:
    """What one clause claims, until the turn is over: a later one may take it back."""

    clause: Clause
    drafts: list[tuple[Draft, Dates, Manner]] = field(default_factory=list)
    uncertain: list[UncertaintyRow] = field(default_factory=list)
    instruction: InstructionRow | None = None
    unread: bool = False
    joked: bool = False


@dataclass
class Turn:
    """The state of one reading."""

    source: TurnText
    scene: Scene
    claims: list[Claims] = field(default_factory=list)
    refs: Sequence[Ref] = ()
    corrected: bool = False
    skipped_paragraph: int = -1
    conditional: int = -1
    ordered: int = -1
    another_time: int = -1
    fictional: bool = False
    carried: tuple[int, Opening | None] = (-1, None)
    forgotten: list[FactRow] = field(default_factory=list)


def read_by_rules(turn: TurnText) -> Diff:
    """What the turn claims; pure. An assistant's words claim nothing; a system's may only give orders."""
    if turn.role == "assistant" or not turn.text.strip():
        return Diff()
    if _OVERRIDE.search(turn.text):
        return Diff(unread=(" ".join(turn.text.split()),))
    reading = Turn(source=turn, scene=_scene(turn))
    for number, sentence in enumerate(split_sentences(turn.text)):
        if is_sarcastic(turn.text[sentence.start : sentence.start + 60]):
            continue
        clauses = split_clauses(sentence, number, spoken=turn.spoken_at)
        for at, clause in enumerate(clauses):
            reading.scene.clause += 1
            _read_clause(reading, clause, last=_is_asked(clauses, at))
    return _diff(reading)


def _scene(turn: TurnText) -> Scene:
    known = {
        fold_name(name): each.type for each in turn.known if not each.is_self for name in (each.name, *each.aliases)
    }
    return Scene(known=known, casual=not any(letter.isupper() for letter in turn.text))


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


def _read_clause(reading: Turn, clause: Clause, *, last: bool) -> None:
    if clause.paragraph == reading.skipped_paragraph:
        return
    claims = Claims(clause)
    reading.claims.append(claims)
    opening = take_openers(clause.tokens)
    corrected = reading.corrected or opening.corrected
    reading.corrected = False
    opening = _carried(reading, clause, opening)
    if opening.cited or _opens_citation(reading, clause):
        reading.skipped_paragraph = clause.paragraph if clause.tokens[-1].kind != "quote" and not opening.cited else -1
        return
    if not opening.tokens:
        reading.corrected = corrected and clause.mark in ("", ",", ".", "!", "?", "…")
        _collapse_scratch(reading, opening)
        return
    peeled = replace_tokens(clause, opening.tokens)
    frame = frame_of(peeled, last=last)
    _act(reading, claims, peeled, opening, frame, corrected)


def _carried(reading: Turn, clause: Clause, opening: Opening) -> Opening:
    """`According to Lucia, …` and `Apparently, …` hold for what follows in their sentence."""
    if not opening.tokens:
        reading.carried = (clause.sentence, opening)
        return opening
    sentence, before = reading.carried
    if sentence != clause.sentence or before is None:
        return opening
    return replace(
        opening, hedged=opening.hedged or before.hedged, asserted_by=opening.asserted_by or before.asserted_by
    )


def replace_tokens(clause: Clause, tokens: Sequence[Token]) -> Clause:
    return replace(clause, tokens=tokens)


def _opens_citation(reading: Turn, clause: Clause) -> bool:
    """`The email says: …` covers the rest of its paragraph."""
    before = reading.claims[-2] if len(reading.claims) > 1 else None
    return clause.link == ":" and before is not None and cites(before.clause.tokens)


def _collapse_scratch(reading: Turn, opening: Opening) -> None:
    if any(taken in ("scratch that", "strike that") for taken in opening.taken) and len(reading.claims) > 1:
        for earlier in reading.claims[-2:-1]:
            earlier.drafts.clear()


def _act(reading: Turn, claims: Claims, clause: Clause, opening: Opening, frame: Frame, corrected: bool) -> None:
    if frame is Frame.CONDITION:
        reading.conditional = clause.sentence
        reading.fictional |= is_fiction(" ".join(clause.lows))
        _uncondition(reading, clause)
        return
    if reading.conditional == clause.sentence and not _is_free(clause):
        return
    if reading.another_time == clause.sentence and not _is_free(clause):
        claims.unread = True
        _remember_names(reading, clause)
        return
    if frame in (Frame.QUESTION,):
        _remember_names(reading, clause)
        return
    if frame is Frame.SMALL_TALK:
        reading.corrected = corrected
        return
    if frame is Frame.JOKE:
        _joke(reading, claims, clause)
        return
    if frame is Frame.RETRACTION:
        _retract(reading, claims, clause)
        return
    if reading.ordered == clause.sentence and clause.link not in ("but", "because", ";", "and"):
        return
    if _instruct(reading, claims, clause, opening) or reading.source.role == "system" or reading.fictional:
        return
    if frame is Frame.BACKGROUND:
        _background(reading, claims, clause)
        return
    _state(reading, claims, clause, opening, corrected)


def _is_free(clause: Clause) -> bool:
    """After `but`, or behind a semicolon, a sentence begins anew."""
    return clause.link.split(" ")[0] in ("but", ";", "—", "–", "-")


def _uncondition(reading: Turn, clause: Clause) -> None:
    """`I'd be glad if …` and `X if Y`: the clause that the condition is hung on claims nothing either."""
    if clause.link.split(" ")[-1] not in ("if", "unless") or clause.link.startswith(("and ", "but ", ";")):
        return
    for earlier in reversed(reading.claims[:-1]):
        if earlier.clause.sentence != clause.sentence:
            return
        earlier.drafts.clear()
        earlier.unread = False
        earlier.instruction = None
        if earlier.clause.link.split(" ")[-1] in ("but", "and", "if", "unless"):
            return


def _joke(reading: Turn, claims: Claims, clause: Clause) -> None:
    """The clause that is laughed at: this one where it says something, else the one before."""
    own = [token for token in clause.tokens if token.is_word and token.low not in _LAUGHS]
    kidding = is_plain_kidding(" ".join(clause.lows))
    told = (
        _parsed(reading, replace_tokens(clause, own), before=reading.refs)
        if own and not (kidding and len(own) < 4)
        else None
    )
    claims.joked = True
    if told and told.drafts:
        claims.uncertain.append(_joked(told.drafts[0]))
        return
    for earlier in reversed(reading.claims[-4:-1]):
        if earlier.joked:
            continue
        if earlier.drafts:
            earlier.uncertain.append(_joked(earlier.drafts[0][0]))
        earlier.drafts.clear()
        earlier.instruction = None
        earlier.unread = False
        if earlier.clause.sentence != clause.sentence or earlier.uncertain:
            return


_LAUGHS = words(
    """haha hahaha hehe lol lmao rofl just kidding only joking jk not really i am am i'm psych gotcha"""
) - {"i", "am"}


def _joked(draft: Draft) -> UncertaintyRow:
    about = draft.key if draft.entity == SELF else f"{draft.entity} {draft.key}"
    return UncertaintyRow(about=about, kind="joke", reason="said in jest", entity=draft.entity, key=draft.key)


def _retract(reading: Turn, claims: Claims, clause: Clause) -> None:
    """`forget what I said about my job`: what is known under the key."""
    text = " ".join(clause.lows)
    tail = text.rpartition(" about ")[2] if " about " in text else text.rpartition(" my ")[2]
    keys = _keys_of(tail.strip())
    if not keys:
        claims.unread = True
    for key in keys:
        row = Draft(entity=SELF, key=key, move=Move.FORGET)
        claims.drafts.append((row, Dates(), Manner(span=(clause.start, clause.end))))


_PLACES = {
    "where i live": ("lives_in",),
    "where i work": ("works_at",),
    "job": ("works_at", "role"),
    "work": ("works_at", "role"),
}


def _keys_of(tail: str) -> Sequence[str]:
    bare = re.sub(r"^(?:my|the|our|what|being) ", "", tail)
    bare = re.sub(r"^(?:old|new|current) ", "", bare)
    if bare in _PLACES or tail in _PLACES:
        return _PLACES.get(tail, _PLACES.get(bare, ()))
    key = ATTRIBUTES.get(bare, fold_key(bare))
    return (key,) if key in KEYS or key.startswith("favourite_") else ()


def _instruct(reading: Turn, claims: Claims, clause: Clause, opening: Opening) -> bool:
    if opening.asserted_by:
        return False
    text = reading.source.text[clause.start : clause.end]
    if clause.tokens[0].low in ("i", "we", "they", "he", "she", "my", "our") and not re.match(
        r"(?i)i(?:'d| would)? ?(?:really )?(?:want|need|like|prefer)\b.{0,12}\byou to\b|i(?:'|’)d like you to", text
    ):
        return False
    if any(token.kind == "quote" and len(token.text.split()) > 3 for token in clause.tokens):
        return False
    row = read_instruction(text)
    if row:
        claims.instruction = row
        return True
    ordered = is_order(text)
    reading.ordered = clause.sentence if ordered else reading.ordered
    return ordered


def _background(reading: Turn, claims: Claims, clause: Clause) -> None:
    """`… when I was twenty`: the event before it came about at a time that is not told in numbers."""
    before = reading.claims[-2] if len(reading.claims) > 1 else None
    hung = before is not None and before.clause.sentence == clause.sentence and clause.link.split(" ")[-1] != ","
    if hung and before is not None and before.drafts:
        text = join_tokens(clause.tokens)
        if all(draft.event for draft, _, _ in before.drafts):
            phrase = f"{clause.link} {text}".strip()
            before.drafts = [
                (draft, replace(dates, unresolved=dates.unresolved or phrase), manner)
                for draft, dates, manner in before.drafts
            ]
            return
        before.drafts.clear()
        before.unread = True
    else:
        timeless = not any(is_verbal(token) for token in clause.tokens)
        reading.another_time = clause.sentence if clause.link in ("", ",") and not timeless else reading.another_time
        claims.unread = True
    _remember_names(reading, clause)


def _parsed(reading: Turn, clause: Clause, *, before: Sequence[Ref]) -> Statement:
    tokens, _ = take_contrast(clause.tokens)
    return read_statement(tokens, reading.scene, before=before if clause.link else (), link=clause.link)


def take_contrast(tokens: Sequence[Token]) -> tuple[Sequence[Token], str]:
    """`not Bob but Carol`, `Carol, not Bob`: without what is denied, and that."""
    lows = [token.low for token in tokens]
    if "not" in lows and "but" in lows[lows.index("not") :]:
        at, but = lows.index("not"), lows.index("but", lows.index("not"))
        if 0 < but - at <= 6 and at > 0:
            return [*tokens[:at], *tokens[but + 1 :]], _value_words(tokens[at + 1 : but])
    for said in ((",", "not"), ("instead", "of"), ("rather", "than"), (",", "and", "not")):
        for at in range(2, len(lows) - len(said)):
            if tuple(lows[at : at + len(said)]) == said and len(lows) - at <= 8:
                rest = tokens[at + len(said) :]
                end = next((k for k, token in enumerate(rest) if token.text == "," or token.kind == "time"), len(rest))
                return [*tokens[:at], *rest[end:]], _value_words(rest[:end])
    return tokens, ""


def _value_words(tokens: Sequence[Token]) -> str:
    kept = [token for token in tokens if token.low not in ("at", "in", "a", "an", "the", "to", "for", "as", ",")]
    return join_tokens(kept)


def _state(reading: Turn, claims: Claims, clause: Clause, opening: Opening, corrected: bool) -> None:
    if _attributed(reading, clause):
        return
    tokens, hedged = _unhedged(clause.tokens)
    tokens, instead_of = take_contrast(tokens)
    told = read_statement(tokens, reading.scene, before=reading.refs if clause.link else (), link=clause.link)
    if told.unclear:
        claims.uncertain.append(_reference(clause, told.unclear))
        return
    _settle(
        reading,
        claims,
        clause,
        told,
        replace(opening, hedged=opening.hedged or hedged, corrected=corrected),
        instead_of,
    )
    _remember_names(reading, clause)


def _attributed(reading: Turn, clause: Clause) -> bool:
    """`…, Dana said`: of the clause before."""
    lows = clause.lows
    speaks = (len(lows) <= 4 and lows[-1] in ("said", "says", "told", "claims", "told me", "reckons")) or lows[:1] == (
        "says",
    )
    before = reading.claims[-2] if len(reading.claims) > 1 else None
    if not speaks or before is None or before.clause.sentence != clause.sentence:
        return False
    who = join_tokens([token for token in clause.tokens if token.low not in ("said", "says", "told", "me", "claims")])
    before.drafts = [
        (draft, dates, replace(manner, asserted_by=who or "others")) for draft, dates, manner in before.drafts
    ]
    return True


def _unhedged(tokens: Sequence[Token]) -> tuple[Sequence[Token], bool]:
    kept = [
        token
        for token in tokens
        if token.low not in ("probably", "presumably", "apparently", "supposedly", "allegedly", "likely")
    ]
    return kept, len(kept) != len(tokens)


def _reference(clause: Clause, pronoun: str) -> UncertaintyRow:
    said = next((token.text for token in clause.tokens if token.low == pronoun), pronoun)
    return UncertaintyRow(about=said, kind="reference", reason=f"{said} may be more than one that was named")


def _settle(reading: Turn, claims: Claims, clause: Clause, told: Statement, opening: Opening, instead_of: str) -> None:
    dates = _dates(reading, clause, told) if told.drafts else None
    first_person = any(draft.entity == SELF or draft.target == SELF for draft in told.drafts)
    if dates is None or (reading.source.role == "tool" and first_person):
        claims.unread = not told.silent
        reading.refs = told.refs or reading.refs
        return
    lists = with_lists(told.drafts)
    manner = Manner(
        hedged=opening.hedged,
        asserted_by=opening.asserted_by,
        corrected=opening.corrected or bool(instead_of) or told.group.actually,
        instead_of=instead_of,
        added=told.group.added or any(token.low in ("also", "too") for token in clause.tokens),
        span=(clause.start, clause.end),
    )
    for draft in told.drafts:
        reading.scene.mention(draft.entity, draft.entity_type)
        if draft.target:
            reading.scene.mention(draft.target, draft.target_type)
        claims.drafts.append((draft, dates, replace(manner, change=draft.key in lists)))
    claims.unread = told.rest
    reading.refs = told.refs or reading.refs


def _dates(reading: Turn, clause: Clause, told: Statement) -> Dates | None:
    future = leans_to_future(told)
    used = {token.start for token in clause.tokens if token.kind == "time"}
    if any(draft.key in ("birthday", "deadline") for draft in told.drafts):
        return Dates()
    phrases = [pair[1] if future else pair[0] for start, pair in clause.times.items() if start in used]
    return read_dates(told, phrases, spoken=reading.source.spoken_at)


def _remember_names(reading: Turn, clause: Clause) -> None:
    """Everybody who was named may be meant by the next pronoun."""
    run: list[Token] = []
    for token in [*clause.tokens, None]:
        if (
            token is not None
            and is_proper(token)
            and token.low not in FORMS
            and token.low not in SMALL_TALK | FUNCTION_WORDS
        ):
            run.append(token)
            continue
        if run:
            reading.scene.mention(join_tokens(run))
            run = []


def _diff(reading: Turn) -> Diff:
    entities = Entities()
    _supersede_within(reading.claims)
    facts, uncertain = [], []
    for claims in reading.claims:
        for draft, dates, manner in claims.drafts:
            entities.add_draft(draft)
            named = replace(draft, entity=entities.spelled(draft.entity), target=entities.spelled(draft.target))
            facts.append(fact_row(named, dates, manner))
            uncertain += _of_time(named, dates)
        uncertain += claims.uncertain
    return Diff(
        entities=tuple(entities.rows.values()),
        facts=tuple(dict.fromkeys(facts)),
        instructions=tuple(claims.instruction for claims in reading.claims if claims.instruction),
        uncertainties=tuple(dict.fromkeys(uncertain)),
        unread=tuple(_said(reading, claims) for claims in reading.claims if claims.unread),
        clauses=tuple(framed(claims.clause, text=_said(reading, claims)) for claims in reading.claims if claims.unread),
    )


def _of_time(draft: Draft, dates: Dates) -> list[UncertaintyRow]:
    if not dates.unresolved or (draft.said_with and draft.key == "role"):
        return []
    about = draft.key if draft.entity == SELF else f"{draft.entity} {draft.key}"
    reason = f'"{dates.unresolved}" is no date'
    return [UncertaintyRow(about=about, kind="time", reason=reason, entity=draft.entity, key=draft.key)]


def _supersede_within(all_claims: Sequence[Claims]) -> None:
    """A correction takes the place of what the same turn said before of the same key."""
    for number, claims in enumerate(all_claims):
        for at, (draft, dates, manner) in enumerate(claims.drafts):
            if not manner.corrected or not known_key(draft.key).single:
                continue
            for earlier in all_claims[:number]:
                old = [
                    each
                    for each, _, _ in earlier.drafts
                    if (each.entity, each.key) == (draft.entity, draft.key) and each.move is None
                ]
                if old:
                    earlier.drafts = [each for each in earlier.drafts if each[0] not in old]
                    instead = manner.instead_of or old[-1].target or old[-1].value
                    claims.drafts[at] = (draft, dates, replace(manner, instead_of=instead))


def _said(reading: Turn, claims: Claims) -> str:
    return " ".join(reading.source.text[claims.clause.start : claims.clause.end].split())
