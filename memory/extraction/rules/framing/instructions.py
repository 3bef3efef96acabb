"""Orders to the one who answers: only in the imperative, or after "please" and "I want you to"."""

import re

from memory.extraction.diff import InstructionAction, InstructionRow
from memory.extraction.rules.text.heads import ERRAND_OBJECTS, ERRANDS, SELDOM_DONE
from memory.extraction.rules.text.nouns import GIVEN
from memory.extraction.rules.times.moments import MONTHS, WEEKDAYS
from memory.vocabulary.topics import topic_of

_POLITE = re.compile(
    r"^(?:(?:and|but|also|so|then|oh|ok|okay|hey|hi|hello|well|now|plus|alright),? )*"
    r"(?:please|kindly|(?:i(?: would|'d)? (?:want|need|like|prefer|really want) (?:for )?you to)|(?:i'd like you to)"
    r"|(?:you (?:can|may) (?=(?:call|address|refer to) me))"
    r"|(?:make sure (?:to|you|that you))|(?:be sure to)|(?:remember to)|(?:you (?:must|should) (?=always|never)))?,? ?"
)
_DURABLE = re.compile(
    r"\b(?:always|never|from now on|from here on|going forward|in (?:the )?future|every time|each time"
    r"|by default|henceforth"
    r"|at all times)\b"
)
_STYLE = re.compile(
    r"^(?:(?:always|never|only|just|do not|don't|from now on|from here on|going forward|in future"
    r"|in the future|by default),? )*"
    r"(?:answer|respond|reply|write|speak|talk|use|keep|call|address|avoid|be|stick|format|include|refer"
    r"|sign|start|begin|end|cite"
    r"|mention|skip|limit|prefer|stop|refrain|remind|ask|explain|add|give|show|send|put|return|translate"
    r"|assume|treat|quote"
    r"|make|provide|say|apologi[sz]e|hedge|repeat|summari[sz]e|greet|spell|round|convert|list|do|have"
    r"|check|tell|offer|suggest"
    r"|let|leave|remove|drop|omit)\b"
)
_ONCE = re.compile(
    r"^(?:please )?(?:write|give|show|send|tell|make|translate|summari[sz]e|explain|add|list|check|remind"
    r"|put|return|include|ask|do"
    r"|have|call|use|convert|provide|offer|suggest|say|mention|let|remove|leave|drop|quote|repeat|sign"
    r"|start|end|begin|cite"
    r"|format|round|greet|treat|assume|skip|keep|stop|be|limit|spell|answer|reply|respond)"
    r"(?: (?:me|us|him|her|them|it|this|that|these|those|the|my|a|an|to|some|your|one|three|five|ten|what"
    r"|how|why|whether|if|about"
    r"|\d+)\b|$)"
)
_ALWAYS_STYLE = re.compile(
    r"^(?:please )?(?:answer|respond|reply|write|speak|talk|keep|be|avoid|stick|stop|refrain|call me"
    r"|address me|refer to me|use"
    r"|do not|don't|end|start|begin|sign|format|include|cite|limit|prefer|skip|spell)\b"
)
_STYLE_WORDS = re.compile(
    r"\b(?:in (?:\w+ ){0,2}(?:english|french|german|spanish|italian|portuguese|dutch|polish|latvian"
    r"|swedish|chinese|japanese|korean"
    r"|arabic|russian|ukrainian|turkish|hindi|bullet points?|bullets|sentences?|words|paragraphs?|lines?"
    r"|style|tone|markdown|prose"
    r"|metric|celsius|detail|plain \w+)|(?:your |the |all )?(?:answers?|repl(?:y|ies)|responses?|sentences"
    r"|messages|explanations|examples)|short|brief|concise|formal"
    r"|informal|emojis?|bullet points?|metric|imperial|celsius|fahrenheit|24-hour|jargon|polite|direct|friendly|british"
    r"|american|tables?|markdown|me)\b"
)
_REVOKE = re.compile(r"^(?:please )?(?:stop|no need to|you (?:can|may) stop|you (?:do not|don't) (?:have|need) to)\b")
_AGAIN = re.compile(r"^you (?:can|may)\b.*\b(?:again|normally|as before)\b|^you (?:can|may) (?:stop|ignore)\b")
_QUIT_AGAIN = re.compile(
    r"^(?:please )?(?:forget|ignore|drop) (?:the|my) (?:instruction|rule|request) (?:about|to|on)\b"
)


def read_instruction(text: str) -> InstructionRow | None:
    """`text` is a clause as it stands; None for what orders nothing durable."""
    plain = " ".join(text.split()).strip(" ,;:.!")
    low = plain.casefold().replace("’", "'")
    if _AGAIN.match(low) or _QUIT_AGAIN.match(low):
        return _row(plain, InstructionAction.REVOKE)
    body = _POLITE.sub("", low, count=1)
    if _REVOKE.match(low) or _REVOKE.match(body):
        return _row(plain, InstructionAction.REVOKE) if _STYLE.match(body) or "need to" in low else None
    if not _STYLE.match(body) or _calls_no_name(plain):
        return None
    if _DURABLE.search(low):
        return _row(plain, InstructionAction.SET)
    once = bool(_ONCE.match(body)) and (not _STYLE_WORDS.search(body) or bool(_PIECE.match(body)))
    durable = bool(_ALWAYS_STYLE.match(body)) and bool(_STYLE_WORDS.search(body)) and not _names_this(body)
    return _row(plain, InstructionAction.SET) if durable and not once else None


_PIECE = re.compile(r"^(?:please )?(?:write|compose|draft) (?:me |us |him |her )?(?:a|an|one|some|two|three) ")
"""A text to be made now: `write me a short bio of …`."""
_CALLED = re.compile(r"\b(?:call|address|refer to) me\b(?: as\b)?(?P<name>.*)", re.IGNORECASE)


def _calls_no_name(plain: str) -> bool:
    """`Call me crazy`, `call me later`, `call me Monday`: nobody's name, unlike `call me Teddy`."""
    called = _CALLED.search(plain)
    first = next(iter(called["name"].split()), "") if called else ""
    if called is None or first.casefold() in ("by", "dr", "dr."):
        return False
    named = first[:1].isupper() or first[:1] in "\"'“‘" or first.casefold() in GIVEN
    return not first or not named or first.casefold().strip(",.") in WEEKDAYS | MONTHS.keys() | {"asap"}


def _names_this(body: str) -> bool:
    return bool(re.search(r"\b(?:this|that|these|those|the following|below|above|attached)\b", body))


def is_errand(before: str, text: str) -> bool:
    """`I'm married, and book a table`: for the one who answers, and nothing that the speaker does."""
    first, second, *_ = [*text.casefold().split(), "", ""]
    behind = before.rstrip().casefold()
    joined = behind.endswith((", and", ",and")) or (behind.endswith(" and") and first in SELDOM_DONE)
    return joined and first in ERRANDS and second in ERRAND_OBJECTS


def is_order(text: str) -> bool:
    """Whether it is in the imperative at all: an order for this once says nothing durable."""
    low = " ".join(text.casefold().replace("’", "'").split())
    body = _POLITE.sub("", low, count=1)
    if _SUBJECT.match(body) or _PERFECT.match(body):
        return False
    return bool(_STYLE.match(body) or _ORDER.match(body)) and (
        body != low or not low.startswith(("i ", "we ", "they "))
    )


_SUBJECT = re.compile(
    r"^[a-z]+(?:-[a-z]+)?(?: (?!is\b)[a-z]+s)? (?:is|are|costs?|starts?|ends?|closes?|opens?|takes?)\b"
    r"|^order (?:no\.? ?|number )?#?\w*\d\w* (?:is|was|has|had|will|ships?|shipped|left|arrived|went|came)\b"
    r"|^[a-z]+ (?:in|out|over|up) (?:charge|cost|date|fee|price|rate|time)s?(?:'s| (?:is|are))\b"
)
"""`check-in is from three`, `order numbers start with KX`, `order 5582 shipped`: a noun, and no order."""
_PERFECT = re.compile(r"^have (?:(?:always|also|never|just|only|recently) )?(?:been|had|done|gone|\w+ed)\b")
"""`… and have been to Rome`: what is said on of somebody."""
_ORDER = re.compile(
    r"^(?:find|search|look|help|create|generate|assertion|compare|open|run|fix|update|delete|remove|schedule"
    r"|book|set|set up|plan|read|go"
    r"|try|wait|thank|see|note|think|consider|imagine|compute|calculate|recommend|describe|define|rewrite"
    r"|continue|proceed|get|bring"
    r"|take|turn|play|buy|order|pay|edit|review|analy[sz]e|guess|count|sort|pick|choose|test|implement"
    r"|refactor|build)\b"
)


def _row(text: str, action: InstructionAction) -> InstructionRow:
    label = text[:200]
    return InstructionRow(label=label, description=text[:2000], topic=topic_of(text), action=action)


_SAYING = ("i", "we", "they", "he", "she", "my", "our")
_WISHED_OF_YOU = re.compile(
    r"(?i)i(?:'d| would)? ?(?:really )?(?:want|need|like|prefer)\b.{0,12}\byou to\b|i(?:'|’)d like you to"
)


def is_told(first: str, text: str) -> bool:
    """Whether it opens with whom it is about (`first`, folded), and wishes nothing of the one who answers."""
    return first in _SAYING and not _WISHED_OF_YOU.match(text)
