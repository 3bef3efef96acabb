"""What a clause is, decided before anything is looked for in it."""

import re
from collections.abc import Sequence
from enum import StrEnum

from memory.extraction.rules.text.clauses import Clause
from memory.extraction.rules.text.lexicon import BE, DO, HAVE, MODALS, NUMBERS, SMALL_TALK
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words


class Frame(StrEnum):
    """In the order in which they are tried."""

    QUOTED = "quoted"
    QUESTION = "question"
    CONDITION = "condition"
    BACKGROUND = "background"
    """`when I lived in …`: something of another time, which the rules leave unread."""
    HEARSAY = "hearsay"
    JOKE = "joke"
    RETRACTION = "retraction"
    INSTRUCTION = "instruction"
    REQUEST = "request"
    """An order for this once; nothing durable."""
    SMALL_TALK = "small talk"
    STATEMENT = "statement"


_IF = words("""if unless suppose supposing imagine assuming assume pretend whether provided lest say-if""")
_WHEN = words("when whenever once after before until till as")
_MODAL = MODALS - {"can"} | words("maybe perhaps possibly hopefully ideally wished")
_APART = re.compile(r"^(?:on paper|in theory)\b")
"""What holds there only may be told, and is no plain fact: `on paper I'm Alexandra`."""
_WISHES = words("wish hope dream want plan intend consider wanna aspire hesitate long")
_COUNT = "|".join(word for word in NUMBERS if len(word) > 2)
_WISH_FORMS = re.compile(
    r"\b(?!(?<=for )\w+ing\b)(?:wished|hoping|hoped|dreamt|dreamed|dreaming|wants|wanted|wanna"
    r"|(?<!like we )(?<!as we )(?<!as )(?<!is )(?<!are )planned"
    r"|planning(?! (?:department|officer|permission|team|office|consent))"
    r"|intend|intends|intending"
    r"|considering|considered|consider"
    r"|thinking (?:of|about)"
    r"|thought (?:of|about)|applying|applied|apply|interviewed|interviewing|interview with|hoping|aspire|trying|tried"
    r"|offered|turned down|rejected|declined|refused|look forward|looking forward|looking (?:for|at|into)"
    r"|feel like|feels like|as if|as though|love to be|pretend\w*|imagin\w*|fictional|roleplay\w*"
    r"|(?:almost|nearly)(?! (?:blind|deaf|bald|\d|" + _COUNT + r"))|practically|virtually"
    r"|supposed to|allowed to|need to|needs to|have to|has to|had to"
    r"|(?:was|were) (?:just |always |also |actually |once )?(?:going|meant|set|due) to"
    r"|about to|in my dreams?|in a dream|in theory|on paper|my character"
    r"|in the (?:novel|book|film|movie|story|game|play)"
    r"|for a (?:role|job|position))\b"
)
_FICTION = re.compile(
    r"\b(?:in|from|of|for) (?:my|the|a|an|this|our) (?:\w+ )?(?:novel|story|book|film|movie|game"
    r"|screenplay|script|dream|song"
    r"|poem|example|scenario|simulation|role[- ]?play)\b"
    r"|\b(?:in|from|of|for) (?:a|an|the|this|our) (?:exercise|test)\b|\b(?:role[- ]?play|fictional"
    r"|hypothetical\w*|let 's say|let 's pretend|let's say"
    r"|let us say|for example|for instance|e\.g|e\.g\.|once upon a time)\b"
)
_JOKE = re.compile(
    r"\b(?:just kidding|only kidding|kidding|just joking|i'?m joking|only joking|joking aside|joke|jk|j/k"
    r"|joking of course"
    r"|haha\w*|hehe\w*"
    r"|that (?:was|is|'s) a lie"
    r"|lol|lmao|rofl|psych|gotcha|yeah right|as if)\b|^(?:not really|not|nah)$|(?:^|\s)/s\b|[😂🤣😜😝😉🤪😏]"
)
_KIDDING = re.compile(r"\b(?:that (?:was|is|'s) a lie|kidding|joking|joke|jk|j/k|not really|psych|gotcha)\b")
_SARCASM = re.compile(
    r"\W*(?:(?:oh|ah|well),? (?:sure|great|yes|yeah|right|wonderful|fantastic|perfect|lovely|joy|of course)\b"
    r"|yeah,? right\b|(?:sure|right|yeah|yes),? because\b|as if\b|because (?:obviously|clearly"
    r"|of course)\b|in your dreams\b)",
    re.IGNORECASE,
)
_PRAISED_NUISANCE = re.compile(
    r"\W*(?:(?:oh|wow|ah|well|just)\W+)?(?:great|wonderful|fantastic|perfect|lovely|brilliant|awesome|super|amazing|nice"
    r"|joy|marvellous|terrific|excellent|splendid|yay|hooray|sure|right|yes|yeah|of course)\b\W"
    r".*\b(?:favou?rite|love|adore|enjoy|dream|hobby)"
    r"\b.*\b(?:waiting|wait|queue\w*|queuing|queueing|stuck|traffic|delay\w*|cancel\w*|overtime"
    r"|paperwork|forms?|filling in|vat|tax|taxes|returns|audits?|hold|broken|crash\w*|outages?|losing|noise|noisy"
    r"|bills?|fines?|again)\b",
    re.IGNORECASE,
)
_RETRACT = re.compile(
    r"^(?:please )?(?:forget|scratch|ignore|disregard|delete|erase|strike|remove) "
    r"(?:what|everything|anything|all|whatever|the things?) (?:that )?i (?:\w+ )?(?:said|told|mentioned|wrote|shared)"
)
_FORGET_KEY = re.compile(r"^(?:please )?(?:forget|delete|erase|remove) (?:about )?my ")
_ASIDE = words("and but so well also anyway oh ok okay now plus or then yet")


def frame_of(clause: Clause, *, last: bool) -> Frame:
    """`last`: the clause that the sentence's mark ends."""
    words = _opened(clause.tokens)
    text = " ".join(token.low for token in words)
    if not words:
        return Frame.SMALL_TALK
    relative = clause.link.partition(" ")[0] in ("who", "which") and words[0].low in ("who", "which")
    if relative and clause.mark != "?":
        words = words[1:] or words
    elif is_question(words, clause.mark if last else ""):
        return Frame.QUESTION
    if _APART.search(text):
        return Frame.BACKGROUND
    if clause.link.split(" ")[-1] in ("if", "unless") or _is_condition(words, text):
        return Frame.CONDITION
    if _JOKE.search(text):
        return Frame.JOKE
    if _RETRACT.match(text) or _FORGET_KEY.match(text):
        return Frame.RETRACTION
    if clause.link == "while" and _is_under_way(words):
        return Frame.BACKGROUND
    if clause.link.split(" ")[-1] in _WHEN or words[0].low in ("when", "whenever", "once", "after", "before", "until"):
        return Frame.BACKGROUND
    small = all(token.low in SMALL_TALK or not token.is_word for token in clause.tokens)
    if small and not _says_something(words):
        return Frame.SMALL_TALK
    return Frame.STATEMENT


def _is_under_way(words: Sequence[Token]) -> bool:
    """`… while I'm driving`; `while my sister lives in Leeds` only sets two things against each other."""
    passing = len(words) > 2 and (words[2].low.endswith("ing") or words[2].low in _PASSING)
    return passing and words[0].low in _ASKED and words[1].low in BE


_PASSING = frozenset(("away", "out", "off", "abroad", "asleep", "home", "at", "on"))


def _says_something(words: Sequence[Token]) -> bool:
    dated = any(token.kind == "time" for token in words) and any(token.low in BE for token in words)
    return dated or len(words) > 6


def _opened(tokens: Sequence[Token]) -> Sequence[Token]:
    at = 0
    while at < len(tokens) and (tokens[at].low in _ASIDE or tokens[at].text == ","):
        at += 1
    return tokens[at:]


_ASKED = words("i you he she it we they my your the there that this not")
_ASKING = BE | HAVE | DO | MODALS | {"will", "shall"}
_ASKING_OF_A_NAME = BE | DO | MODALS | {"has", "will"}
_ASKING_WORDS = words("who what why where how which whose")
_AFTER_ASKING_WORDS = BE | DO | HAVE | MODALS | words("will 's many much about long old come kind")


def is_question(words: Sequence[Token], mark: str) -> bool:
    """By its mark, or by an auxiliary or a question word before the subject."""
    if mark == "?":
        return True
    first, second = words[0].low, words[1].low if len(words) > 1 else ""
    if first in _ASKING:
        named = len(words) > 1 and words[1].is_capital
        subject = words[2].low if len(words) > 2 else ""
        denied = (first in DO or first == "can") and second == "not" and subject not in _ASKED
        return (second in _ASKED and not denied) or (named and first in _ASKING_OF_A_NAME)
    return first in _ASKING_WORDS and second in _AFTER_ASKING_WORDS


def _is_condition(words: Sequence[Token], text: str) -> bool:
    lows = {token.low for token in words if token.text != "May"}
    if lows & _IF:
        return True
    if _PREFERS.match(text) or _OTHERS_WISH.match(text) or _DUE.search(text) or _RULE.match(text):
        return False
    if lows & _MODAL and not _is_statement_of_wish(text):
        return True
    return bool(
        _WISH_FORMS.search(text) or _WISH_VERBS.search(text) or _FICTION.search(text)
    ) and not _is_statement_of_wish(text)


_WISH_VERBS = re.compile(
    r"\b(?:i|we|he|she|they|you|who|also|really|just|still|not|only|so|and|but)"
    r" (?:wish|hope|dream|want|plan|wishes|hopes|dreams|plans)\b"
    r"|\b(?:wish|wishe|hope|dream|want|plan|offer)s? (?:to|of|that|for me)\b"
)


_PREFERS = re.compile(
    r"^(?:i|we) would (?:rather|prefer|sooner)\b(?!.*\b(?:have (?:had|gone|\w+ed|\w+en)|been|could|might)\b)"
)
"""`I'd rather be called Lind` wishes for nothing: it tells what somebody prefers."""


_OTHERS_WISH = re.compile(
    r"^(?:(?:(?:my|our|the|your) )?[^\W\d][\w'’-]*(?: \.| [^\W\d][\w'’-]*){0,4}? )?wants "
    r"(?!(?:me|us|you|him|her|them|it|out|in)\b)"
)
"""`my boss wants everything on paper`, `customer Mrs Rae wants oak`: that is so, whatever becomes of it."""
_DUE = re.compile(
    r"\b(?:has|have|needs?|must) (?:to )?be (?:in|done|ready|finished|paid|submitted|returned|filed|delivered|sent"
    r"|back) (?:by|on) "
)
"""`the forms have to be in by Friday`: when something is due."""


_RULE = re.compile(
    r"^(?!(?:you|it|this|that|there) )(?:[\w'’-]+ ){1,6}must (?:not (?!have|be \w+ing)|be \w+(?:ed|en|t|n|wn)\b)"
)
"""`contracts must be signed here`, `Rex must not eat grapes`: a rule, and no guess."""


def _is_statement_of_wish(text: str) -> bool:
    """`I want you to answer in French` orders; it wishes nothing."""
    return bool(re.match(r"^(?:i want|i need|i would like|i would prefer) you to\b|^you may\b|^you can\b", text))


_UNSURE = words("might may maybe perhaps possibly")


def is_unsure(clause: Clause) -> bool:
    """`I might move to Portugal`: it claims nothing, and hangs on nothing that would be told."""
    lows = {token.low for token in clause.tokens if token.text != "May"}
    return bool(lows & _UNSURE) and not lows & (_IF | {"you"})


_KIND_WANTED = re.compile(r"^(?:i|we) want (?!to\b|an?\b|some\b|the\b|it\b|this\b|that\b|you\b|more\b|no\b)\w+ ")
_PURPOSE = re.compile(r"^(?:(?:he|she|they|my|our) .*?)?\b(?:wants?|plans?|hopes?|intends?|would like) to\b")
"""`… and want to become a pilot`: what somebody is after, which is told as unread."""
_DUTY = re.compile(r"^(?:i|we|he|she|they|my|our|the) .*\b(?:needs?|has|have|had|supposed|allowed) to\b")


def is_duty(clause: Clause) -> bool:
    """`I have to take these with food`: it wishes nothing and hangs on nothing, so that it is not passed over."""
    lows = {token.low for token in clause.tokens if token.text != "May"}
    if _KIND_WANTED.match(" ".join(clause.lows)):
        return True
    text = " ".join(clause.lows)
    purposed = bool(_PURPOSE.match(text)) and not _FICTION.search(text)
    return not lows & (_IF | (_MODAL - {"would"})) and (purposed or ("would" not in lows and bool(_DUTY.match(text))))


def is_sarcastic(sentence: str) -> bool:
    """A sentence that opens with mock agreement, or praises a nuisance, means the opposite, or nothing."""
    return bool(_SARCASM.match(sentence) or _PRAISED_NUISANCE.match(sentence))


def is_plain_kidding(text: str) -> bool:
    return bool(_KIDDING.search(text))


def is_fiction(text: str) -> bool:
    return bool(_FICTION.search(text))
