"""One word for one thing, and the field's own: what a search engine would not lead anywhere is not used again."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import ROOT
from tests.test_house import LAYERS, modules_of

MODULES = """
    filing handing_in intake drafts wording leaves shelves direct front overdue spaces claims verdicts bell meter
    calm_log steering deeds fleet provider_story run_story advice filing_advice filing_list machine meaning caching
    cursors asking attempts
""".split()  # noqa: SIM905 -- a list of them would not read better
CLASSES = """
    Filing FilingQuerySet FilingTaken FilingRefused FilingTooLarge FilingNotFound Belonging Intake Draft Partition
    Effect Wording Wordiest Nearest Leaf Place Body Plain Direct Front Visit Visits Sight Coming Slots Claim Claimed
    Handed CalmFilter NameMiddleware StrangersMiddleware Known Allowance Purse Tally TallyStep Advance Seen Retold
""".split()  # noqa: SIM905 -- a list of them would not read better
FUNCTIONS = r"""
    hand_in\w* take_back take_all_back ring ring_\w+ \w*_intakes? intake_\w+ belongings? belonging_to
    partition_drafts draft_items \w*_wordings? read_leaf read_plain answer_plain steer_\w+ \w*_filings? filing_\w+
    file_next file_waiting calm\w*
""".split()  # noqa: SIM905 -- a list of them would not read better
PHRASES = r"""
    short way|long way|whole numbers
    hand(s|ed|ing)? (\w+ ){0,2}in\b|handing in|hand-in|take(s|n)? (\w+ ){0,1}back|taking back
    filings?\b|shel(f|ves)\b
    \bleaf\b|\bleaves of
    \bbells?\b|\brung\b|\brings? (the|for|again|a )
    strangers?\b|\bdeeds\b|\bsteer(s|ed|ing)?\b|\bcalm log\b|\bfleet\b
    \bbrain\b|the house\b|the rooms? of
    \bwordings?\b|\bintakes?\b
""".strip().splitlines()
KEPT = re.compile(
    r"(?i)MAX_FILING_BYTES|MAX_CONCURRENT_FILINGS|filing_(refused|too_large|deleted)|filing\.(create|retry|delete|update)"
    r'|larder_\w*|"filing"|`filing`|,filing\b|metadata\.filing'
)
"""Words on the wire: names of settings, error codes, verbs of the audit, metrics, a queue."""


def definitions(path: Path) -> Iterator[ast.ClassDef | ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            yield node


def application() -> list[Path]:
    return [path for package in LAYERS for path in modules_of(package)]


def texts() -> list[Path]:
    pages = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static").rglob("*.css"), *(ROOT / "static").rglob("*.js")]
    documents = [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / ".env.example"]
    packages = [*(ROOT / "sdk").glob("larder_sdk/**/*.py"), *(ROOT / "sources").glob("larder_sources/**/*.py")]
    return [*application(), *packages, ROOT / "sdk/README.md", ROOT / "sources/README.md", *pages, *documents]


def test_a_class_name_has_one_meaning() -> None:
    places = defaultdict(list)
    for path in application():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and node.name != "Command":
                places[node.name].append(str(path.relative_to(ROOT)))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_former_names_of_modules_classes_and_functions_are_gone() -> None:
    found = [str(path.relative_to(ROOT)) for path in application() if {path.stem, path.parent.name} & set(MODULES)]
    functions = re.compile("|".join(FUNCTIONS))
    for path in application():
        for node in definitions(path):
            former = (
                node.name in CLASSES if isinstance(node, ast.ClassDef) else functions.fullmatch(node.name.lstrip("_"))
            )
            found += [f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"] if former else []
    assert found == []


@pytest.mark.parametrize("phrase", [line.strip() for line in PHRASES])
def test_former_phrases_are_gone(phrase: str) -> None:
    sought = re.compile(phrase, re.IGNORECASE)
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in texts()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if sought.search(KEPT.sub("", line))
    ]
    assert found == []
