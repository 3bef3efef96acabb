"""What stands before a statement and changes how it counts: asides, hedges, corrections, who is said to say it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from memory.extraction.rules.framing.citations import is_document_saying
from memory.extraction.rules.text.forms import FORMS
from memory.extraction.rules.text.lexicon import FUNCTION_WORDS, NEGATIONS
from memory.extraction.rules.text.phrases import join_tokens
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words

_ASIDES = tuple(
    tuple(each.split())
    for each in """hi|hello|hey|hey there|hi there|hello there|well|ok|okay|so|yes|yeah|yep|anyway|also|and|but|btw|fyi
by the way|oh|as i said|as i mentioned|as i told you|like i said|as you know|just so you know
so you know|you know|for the record|to be clear|for your information|to be honest|in fact
i should mention that|i should mention|i should say|i can confirm that|i can confirm|remember that
please remember that|remember|please remember|note that|please note that|please note
keep in mind that|bear in mind that|do not forget that|do not forget|it turns out that|it turns out
turns out|the truth is|the fact is|the thing is|i said that|i said|i told you that|i told you
i mentioned that|i mentioned|i know that|i am happy to say that|i am glad to say that|good news
guess what|i just wanted to let you know that|i wanted to let you know that|i want you to know that
i would like you to know that|let me add that|you should know that|you should know|quick update
update|plus|in addition|additionally|furthermore|moreover|incidentally|besides|because|although
though|even though|whereas|of course|one more thing|that said|at work|at home|outside of work
in my free time|in my spare time|for context|for reference|a bit about me|a little about me|about me
more about me|honestly|frankly|personally|these days|at the moment|right now|at present|for now
nowadays|as for me|thanks|thank you|please be aware that|just a reminder that|a reminder that
reminder|for what it is worth|oh and|one thing to know is that|just for context|professionally
please keep in mind that|please keep in mind|please bear in mind that
on weekends i mean|note to self|quick heads-up|heads-up|heads up|just a heads up|just a heads-up
side note|on a side note
fun fact|small note|quick note|as an aside|good to know|for your records|for the files|random fact|small update
just to let you know|to give you some context|some context|a little context
since then|after all|anyhow|luckily|fortunately|sadly|unfortunately|happily
that 's why|that is why|which is why|proudly|great news|big news|news|yesterday's news""".replace("\n", "|").split("|")
)
_HEDGES = tuple(
    tuple(each.split())
    for each in """i think that|i think|i believe that|i believe|i guess that|i guess|i suppose that|i suppose|i reckon
probably|i am pretty|sure that|i am pretty sure|i am fairly sure|i am not sure but|i assume
most likely|presumably|it seems that|it seems|it looks like|i have a feeling that|i am guessing
seemingly|as far as i know|afaik|iirc""".replace("\n", "|").split("|")
)
_HEARSAY = tuple(
    tuple(each.split())
    for each in """apparently|supposedly|allegedly|reportedly|i heard that|i heard|i have heard that|i have heard
rumour has it that|rumor has it that|rumour has it|rumor has it|they say that|they say
people say that|people say|word is that|word is|someone told me that|someone told me
somebody told me that|somebody told me|i was told that|i was told|i read that|i read somewhere that
everyone says that|everyone says|everybody says|some say|it is said that|legend has it that
he said that|she said that|he said|she said|he says|she says|they said that|they said
he told me that|she told me that|he told me|she told me|i hear that|i hear|i have been told that
i have been told""".replace("\n", "|").split("|")
)
_CORRECTIONS = tuple(
    tuple(each.split())
    for each in """actually|no|nope|sorry|correction|i meant that|i meant to say that|i meant to say|i meant|i mean
wait|oops|my mistake|my bad|scratch that|let me correct that|let me correct myself|let me rephrase
rather|or rather|no wait|hold on|strike that|i misspoke|excuse me""".replace("\n", "|").split("|")
)
_SAY = words(
    """said says say told tells claims claimed thinks believes mentioned mentions announced reports-that wrote
    writes insists insisted suspects heard argues assumes guesses posted tweeted bragged joked pretended lied
    reckons swears texted texts messaged emailed e-mailed replied replies answered tweeted whispered shouted"""
)
_SORTED = sorted(
    [("aside", said) for said in _ASIDES]
    + [("hedge", said) for said in _HEDGES]
    + [("hearsay", said) for said in _HEARSAY]
    + [("correction", said) for said in _CORRECTIONS],
    key=lambda pair: len(pair[1]),
    reverse=True,
)
_BY_FIRST = {first: [pair for pair in _SORTED if pair[1][0] == first] for first in {said[0] for _, said in _SORTED}}
"""The longest first."""


@dataclass(frozen=True)
class Opening:
    """What was taken off, and what remains."""

    tokens: Sequence[Token]
    hedged: bool = False
    corrected: bool = False
    asserted_by: str = ""
    cited: bool = False
    direct: bool = False
    """Without `that`: what follows may be what was said word for word."""
    taken: Sequence[str] = field(default_factory=tuple)


def take_openers(tokens: Sequence[Token]) -> Opening:
    """Again and again, until a statement begins."""
    opening = Opening(tokens)
    for _ in range(8):
        following = _step(opening)
        if following is None:
            return opening
        opening = following
    return opening


def _step(opening: Opening) -> Opening | None:
    tokens = opening.tokens
    if tokens and (tokens[0].text in ",.!-" or tokens[0].kind == "dash"):
        return replace(opening, tokens=tokens[1:])
    lows = tuple(token.low for token in tokens[:7])
    for kind, said in _BY_FIRST.get(lows[0], ()) if lows else ():
        if lows[: len(said)] == said and _stands_alone(kind, said, tokens):
            return _taken(opening, kind, said)
    return _said_by(opening)


_MARKED = {
    ("no",),
    ("sorry",),
    ("remember",),
    ("news",),
    ("update",),
    ("wait",),
    ("rather",),
    ("reminder",),
    ("at", "work"),
}
"""They open a clause only where a mark or a subject follows: `no, I …`, and not `no sugar`."""


_LABELS = {"note", "heads-up", "heads", "fact", "context", "records"}
"""Openers that may stand before a colon."""


def _stands_alone(kind: str, said: tuple[str, ...], tokens: Sequence[Token]) -> bool:
    after = tokens[len(said)] if len(said) < len(tokens) else None
    if after is None:
        return kind in ("correction", "hedge", "hearsay") or bool(_LABELS & set(said))
    return said not in _MARKED or after.text in ",:" or after.low in ("i", "my", "actually", "that", "it")


def _taken(opening: Opening, kind: str, said: tuple[str, ...]) -> Opening:
    rest = opening.tokens[len(said) :]
    taken = (*opening.taken, " ".join(said))
    if kind == "hedge":
        return replace(opening, tokens=rest, hedged=True, taken=taken)
    if kind == "hearsay":
        who = said[0] if said[0] in ("he", "she") else "others"
        direct = said[0] in ("he", "she", "they") and said[-1] != "that"
        return replace(opening, tokens=rest, asserted_by=opening.asserted_by or who, direct=direct, taken=taken)
    return replace(opening, tokens=rest, corrected=opening.corrected or kind == "correction", taken=taken)


def _said_by(opening: Opening) -> Opening | None:
    """`Dana said that …`, `my sister told me …`, `according to Omar, …`, `the article says …`."""
    tokens = opening.tokens
    if [token.low for token in tokens[:2]] == ["according", "to"]:
        end = next((at for at, token in enumerate(tokens) if token.text == ","), len(tokens))
        return replace(opening, tokens=tokens[end + 1 :], asserted_by=join_tokens(tokens[2:end])[:100] or "others")
    for at in range(1, min(6, len(tokens) - 1)):
        if (
            tokens[at].low in _SAY
            and tokens[0].low not in ("i", "you", "we", "let", "to")
            and not _has_verb(tokens[:at])
        ):
            return _reported(opening, at)
    return None


def _has_verb(tokens: Sequence[Token]) -> bool:
    return any(token.low in FORMS and not token.is_capital for token in tokens) or any(
        token.low in ("is", "am", "are", "was", ",", "to", "and") for token in tokens
    )


def _reported(opening: Opening, at: int) -> Opening | None:
    tokens = opening.tokens
    who = join_tokens(tokens[:at])
    rest = at + 1
    if (rest < len(tokens) and tokens[rest].low in ("me", "us", "everyone", "him", "her", "them", "you")) or tokens[
        at
    ].low in ("told", "tells"):
        rest += 1
    direct = rest >= len(tokens) or tokens[rest].low != "that"
    if not direct:
        rest += 1
    elif rest >= len(tokens) or not _may_begin(tokens[rest]):
        return None
    if tokens[0].low in NEGATIONS:
        return replace(opening, tokens=(), cited=True)
    document = is_document_saying(" ".join(token.low for token in tokens[: at + 1]))
    return replace(opening, tokens=tokens[rest:], asserted_by=who[:100], cited=document, direct=direct)


def _may_begin(token: Token) -> bool:
    """Of a clause that is told: `Dana says Omar left`, and not `Dana mentioned jazz`."""
    return token.low in ("i", "he", "she", "it", "we", "they", "my", "the", "his", "her", "our", "their") or (
        token.is_capital and token.low not in FUNCTION_WORDS
    )
