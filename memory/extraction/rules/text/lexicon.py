"""The closed words of the grammar: what stands in a clause without being named."""

from memory.extraction.rules.text.words import words

PRONOUNS = words(
    """i we you he she it they me us him her them my our your his its their mine ours yours hers theirs myself
    himself herself themselves itself this that these those who whom whose which what there here one everyone
    everybody someone somebody anyone anybody nobody everything something anything nothing people others another
    each both"""
)
DETERMINERS = words("a an the my our your his her its their this that these those some any no every each")
BE = words("am is are was were be been being")
HAVE = words("have has had having")
DO = words("do does did")
MODALS = words("would could might may should must can shall ought")
WH = words("who what when where why which how whose whom")
PREPOSITIONS = words(
    """at in on for from to with by of as about into onto over under through during until till since near around
    between among without within against towards toward per via like than out off up down after before behind beside
    besides across along inside outside starting instead"""
)
CONJUNCTIONS = words(
    """and but or so because while whereas although though yet plus nor then if unless when whenever once that
    therefore however"""
)
ADVERBS = words(
    """currently now just still also too really actually already finally absolutely totally definitely truly
    certainly basically honestly proudly happily presently mainly mostly always usually very quite simply
    officially indeed personally particularly especially actively today's absolutely genuinely sincerely deeply
    greatly literally obviously naturally anyway even again"""
)
"""May stand anywhere in a clause without changing what it says."""
VAGUE = words("recently lately formerly previously once originally eventually soon")
NEGATIONS = words(
    """not never without neither nor none nobody nothing hardly barely scarcely almost nearly rarely seldom no"""
)
FILLERS = words(
    """hi hello hey hiya howdy greetings thanks thank ok okay well so yes yeah yep yup sure right oh ah hm hmm um uh
    btw fyi anyway also alright great cool nice please and but then plus additionally furthermore moreover
    incidentally besides oh-and because although though whereas since while"""
)
"""Openers of a clause that say nothing."""
SMALL_TALK = words(
    """hi hello hey there hiya howdy greetings thanks thank you a lot so much very many for your help the ok okay
    well yes yeah yep no nope sure right oh ah hm hmm great cool nice awesome perfect please good morning
    evening afternoon night bye goodbye cheers welcome alright wow everyone all team again is it that's that
    fine to meet see later done got sorry wait oops actually correction mistake my bad i mean meant by way the
    fyi btw too to meeting as said told mentioned say just know note record quick update about me introduce
    myself let here's bit little"""
)
FUNCTION_WORDS = PRONOUNS | DETERMINERS | BE | HAVE | DO | MODALS | WH | PREPOSITIONS | CONJUNCTIONS | ADVERBS
FUNCTION_WORDS |= words("either only both neither another")
FUNCTION_WORDS |= VAGUE | NEGATIONS | FILLERS | words("will going got going")

LEGAL = words("inc ltd llc gmbh ag plc corp co st dr mr mrs ms prof jr sr vs e.g i.e etc approx no smt")
"""Words whose full stop ends no sentence by itself."""

NAME_JOINERS = words("of de da del della di du van von der den la le el al bin ibn the & y e and")

NUMBERS = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
} | {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "a": 1, "an": 1, "couple": 2}

_TENS = {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}


def spelled_number(low: str) -> int | None:
    """`seven`, `thirty-two`; an article is no number."""
    tens, _, ones = low.partition("-")
    if tens in _TENS and ones:
        return _TENS[tens] + NUMBERS[ones] if NUMBERS.get(ones, 0) in range(1, 10) and ones not in ("a", "an") else None
    return _TENS.get(low) or (NUMBERS.get(low) if low not in ("a", "an", "couple", "zero") else None)
