"""What a question's text asks of words: its terms, what of it has to stand together, and what it names exactly.

`parsing` reads the text, `languages` in each language that is in use, `weighing` makes terms of that
with what the store holds. See docs/decisions/0246 and 0272.
"""

from knowledge.search.asked.languages import asked_languages, languages_in, parse_in
from knowledge.search.asked.parsing import QuestionText, parse_question
from knowledge.search.asked.weighing import NO_TERMS, AskedTerms, weigh, weight_of

__all__ = [
    "NO_TERMS",
    "AskedTerms",
    "QuestionText",
    "asked_languages",
    "languages_in",
    "parse_in",
    "parse_question",
    "weigh",
    "weight_of",
]
