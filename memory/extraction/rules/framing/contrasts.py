"""What a clause denies on the way: "not Bob but Carol", "Carol, not Bob", and hedges inside of it."""

from collections.abc import Sequence

from memory.extraction.rules.text.phrases import join_tokens
from memory.extraction.rules.text.tokens import Token


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


def take_hedges(tokens: Sequence[Token]) -> tuple[Sequence[Token], bool]:
    kept = [
        token
        for token in tokens
        if token.low not in ("probably", "presumably", "apparently", "supposedly", "allegedly", "likely")
    ]
    return kept, len(kept) != len(tokens)
