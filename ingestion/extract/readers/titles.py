"""Titles that people gave, told from those that programs put in."""

import re

PUT_IN = re.compile(
    r"""
    \W*(?:untitled|anonymous|unnamed|unknown|unspecified|no\ title|title|titel|titre|null|none|n/?a|temp)\W*\d*
    | (?:document|dokument|doc|book|mappe|workbook|presentation|präsentation|slide|folie|layout|drawing|page|scan|image
        |img|test\ page)[-_\ ]?\d*
    | (?:powerpoint|word|excel|pdf)[-\ ](?:presentation|document|präsentation|dokument)
    | scanned\ (?:document|image)s? | about:blank | print(?:\ job)? | job\ \d+ | full\ page\ photo
    | \S*\.(?:docx?|dotx?|odt|rtf|xlsx?|ods|pptx?|odp|pub|vsdx?|indd|qxd|qxp|dvi|tex|ps|eps|ai|cdr|fm|pmd|p65|wpd|tiff?
        |jpe?g|png|dwg|html?|txt|md|tmp)
    """,
    re.IGNORECASE | re.VERBOSE,
)
PROGRAMS = re.compile(
    r"(?:microsoft (?:office )?(?:word|excel|powerpoint|publisher|visio|outlook)|(?:adobe )?(?:indesign|illustrator"
    r"|photoshop|framemaker|pagemaker)|quarkxpress(?:\(tm\))?|coreldraw|autocad|openoffice(?:\.org)?|libreoffice)"
    r"\s*-\s*(.*)",
    re.IGNORECASE,
)
MOST_CHARS = 1_000


def given_title(told: str) -> str:
    """The title, without the name of a program in front; empty for one that says what program it was, or which file."""
    title = " ".join(told[:MOST_CHARS].split())
    if found := PROGRAMS.fullmatch(title):
        title = found[1]
    return "" if PUT_IN.fullmatch(title) else title
