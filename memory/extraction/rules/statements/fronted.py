"""What stands in front of a clause, put as readers look for it: `on Thursdays I go`, `her extension is …`."""

from collections.abc import Sequence
from dataclasses import replace

from memory.extraction.rules.general.complements import repeats
from memory.extraction.rules.owners import resolve
from memory.extraction.rules.scene import KIN, Ref, Scene, guess_type
from memory.extraction.rules.statements.leftovers import UNREAL
from memory.extraction.rules.subjects.relatives import RELATIVES
from memory.extraction.rules.text.forms import VERB_FORMS
from memory.extraction.rules.text.lexicon import BE
from memory.extraction.rules.text.nouns import ATTRIBUTES
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words


def unfronted(tokens: Sequence[Token]) -> Sequence[Token]:
    """With it at the end, where readers look for it."""
    if len(tokens) < 4 or tokens[0].kind != "time" or not repeats(tokens[0].low):
        return tokens
    rest = tokens[2:] if tokens[1].text == "," else tokens[1:]
    start = rest[-1].end + 1
    text = tokens[0].text
    moved = replace(tokens[0], text=text[:1].lower() + text[1:], start=start, end=start + len(text))
    return [*rest, moved]


_FRONTS = words("at in on for with from near under behind after before during besides")
_LONGEST = 8
_MARKED = words("i we my our")
_ELSEWHERE = words("theory dream dreams mind head paper imagination play role story spirit heart stage tv screen")


def with_place_behind(tokens: Sequence[Token]) -> Sequence[Token]:
    """`for cutting I use Festool` with its place or purpose at the end; nothing where none stands in front."""
    if len(tokens) < 5 or tokens[0].low not in _FRONTS or tokens[0].kind != "word":
        return ()
    at = next((at for at, token in enumerate(tokens[:_LONGEST]) if at > 1 and token.low in _MARKED), 0)
    end = at - (tokens[at - 1].text == ",")
    front = tokens[:end]
    spoken = any(not token.is_word and token.kind != "number" for token in front)
    if end < 2 or spoken or any(token.low in BE or token.low in UNREAL | _ELSEWHERE for token in front):
        return ()
    if tokens[at].low in ("my", "our") and tokens[end].text != ",":
        return ()
    rest = list(tokens[at:])
    start = rest[-1].end + 1
    first = replace(front[0], text=front[0].low)
    shift = start - first.start
    moved = [replace(token, start=token.start + shift, end=token.end + shift) for token in (first, *front[1:])]
    return [*rest, *moved]


def with_owner(tokens: Sequence[Token], scene: Scene) -> Sequence[Token]:
    """`her extension` with the name of the one that is meant; what a relation or a property is, its readers know."""
    if tokens and tokens[0].low == "their":
        return _of_the_firm(tokens, scene)
    acting = len(tokens) > 3 and tokens[1].low in RELATIVES and tokens[2].low not in BE and _is_told(tokens[2])
    known = len(tokens) > 1 and tokens[1].low in RELATIVES | ATTRIBUTES.keys() and not acting
    if len(tokens) < 4 or tokens[0].low not in ("his", "her", "its") or known:
        return tokens
    if tokens[2].low not in ("is", "has", "was") and not acting:
        return tokens
    found = resolve(scene, "it" if tokens[0].low == "its" else tokens[0].low)
    if not isinstance(found, Ref) or found.name.startswith(KIN):
        return tokens
    return [*_spelled(f"{found.name} 's", before=tokens[1].start), *tokens[1:]]


def with_antecedent(tokens: Sequence[Token], link: str) -> Sequence[Token]:
    """`which is suing …` with the name that it follows; empty where it follows none."""
    pronoun, _, name = link.partition(" ")
    if pronoun not in ("who", "which") or not name or name.startswith(KIN) or len(tokens) < 3:
        return ()
    if pronoun == "who" and guess_type(name) == "location":
        return ()
    rest = tokens[1:] if tokens[0].low == pronoun else tokens
    return [*_spelled(name, before=rest[0].start), *rest]


def _is_told(token: Token) -> bool:
    return any(kind in ("third", "past") for _, kind in VERB_FORMS.get(token.low, ()))


_PARTIES = {KIN + each for each in ("client", "customer", "supplier", "landlord")}


def _of_the_firm(tokens: Sequence[Token], scene: Scene) -> Sequence[Token]:
    """`their contract`: of the one firm, or family, that was named, where nobody else was."""
    named = [each for each in scene.mentions.values() if each.name not in _PARTIES]
    one = len(named) == 1 and guess_type(named[0].name) in ("organisation", "")
    if not one or len(tokens) < 4 or named[0].name.startswith(KIN):
        return tokens
    return [*_spelled(f"{named[0].name} 's", before=tokens[1].start), *tokens[1:]]


def _spelled(text: str, *, before: int) -> Sequence[Token]:
    at = before - len(text)
    made = []
    for word in text.split(" "):
        at -= word == "'s"
        made.append(Token(word, word.casefold(), at, at + len(word), "word"))
        at += len(word) + 1
    return made
