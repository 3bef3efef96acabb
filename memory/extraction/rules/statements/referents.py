"""`I see him each quarter`: whom a pronoun behind the verb means, with his name in its place."""

from collections.abc import Sequence
from dataclasses import replace

from memory.extraction.rules.owners import resolve
from memory.extraction.rules.scene import KIN, Ref, Scene, gender_of
from memory.extraction.rules.subjects.relatives import RELATIVES
from memory.extraction.rules.text.lexicon import ADVERBS, BE, CONJUNCTIONS, HAVE, PREPOSITIONS
from memory.extraction.rules.text.phrases import Cursor, is_proper, read_name
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words

_POINTING = words("him her his hers them their theirs")
_OWNING = words("his her their")
_SPEAKER = words("i we")
_NO_SUBJECTS = words("my our the a an")
_NO_NOUN = PREPOSITIONS | CONJUNCTIONS | ADVERBS | BE | HAVE | {"a", "an", "the", "every", "each", "to"}


def with_referents(tokens: Sequence[Token], scene: Scene) -> tuple[Sequence[Token], str]:
    """The clause with names for its pronouns, and the first of these that means nobody for sure ("" for none)."""
    if not any(token.low in _POINTING for token in tokens[1:]) or any(token.low == "pronouns" for token in tokens):
        return tokens, ""
    speaks = _is_of_speaker(tokens, scene)
    made: list[Token] = list(tokens[:1])
    for at, token in enumerate(tokens[1:], start=1):
        if token.low not in _POINTING or not token.is_word or (_owns(tokens, at) and _has_owner(tokens, at, speaks)):
            made.append(token)
            continue
        found = _meant(scene, token.low, () if speaks else _names(scene, tokens[:at]))
        if found is None:
            return tokens, token.low
        made += _spelled(found, token, owning=_owns(tokens, at))
    return made, ""


def _is_of_speaker(tokens: Sequence[Token], scene: Scene) -> bool:
    """Of `I`, `we`, and of `Craig and I`, whom it brings up."""
    at = next((at for at, token in enumerate(tokens[:6]) if token.low in _SPEAKER), -1)
    if at < 0:
        return False
    cursor = Cursor(tokens)
    name = read_name(cursor) if at > 1 and tokens[at - 1].low == "and" else ""
    if name and cursor.at == at - 1 and scene.type_of(name) in ("person", ""):
        scene.mention(name, "person")
        return True
    if at == 3 and tokens[0].low == "my" and tokens[1].low in RELATIVES and tokens[2].low == "and":
        scene.mention(KIN + tokens[1].low, "person", gender_of(tokens[1].low))
        return True
    return at == 0 or not any(is_proper(token) or token.low in _NO_SUBJECTS for token in tokens[:at])


def _owns(tokens: Sequence[Token], at: int) -> bool:
    """`her bike`; not `see her`, `see her every Sunday`."""
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    return (
        tokens[at].low in _OWNING
        and after is not None
        and after.is_word
        and after.low not in _NO_NOUN
        and not (tokens[at].low == "her" and after.low.endswith("ly"))
    )


def _has_owner(tokens: Sequence[Token], at: int, speaks: bool) -> bool:
    """Whether whom it belongs to stands before it in the clause: its subject, or `Tom and his dog`."""
    between = tokens[2:at] if speaks else tokens[:at]
    named = any(is_proper(token) or token.low in RELATIVES for token in between)
    return named or not speaks


def _names(scene: Scene, before: Sequence[Token]) -> Sequence[str]:
    """Who was named in the clause so far: `he` does not see `him`."""
    said = {token.text for token in before}
    return [each.name for each in scene.mentions.values() if set(each.name.split()) <= said]


def _meant(scene: Scene, pronoun: str, but: Sequence[str]) -> Ref | None:
    if pronoun in ("them", "their", "theirs"):
        return None
    found = resolve(scene, "her" if pronoun == "hers" else pronoun, but=but)
    return found if isinstance(found, Ref) else None


def _spelled(ref: Ref, token: Token, *, owning: bool) -> list[Token]:
    """Words in its place. Only the last one ends where it did, so that none of them is written as glued."""
    noun = ref.name.removeprefix(KIN).replace("_", " ")
    said = ["my", *noun.split()] if ref.name.startswith(KIN) else noun.split()
    said[-1] += "'s" * (owning or token.low in ("his", "hers"))
    ends = [*(-2 - number for number in range(len(said) - 1)), token.end]
    return [replace(token, text=word, low=word.casefold(), end=end) for word, end in zip(said, ends, strict=True)]
