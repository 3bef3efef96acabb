"""What stands behind a name: an occupation with its employer, or what somebody is to the speaker."""

from memory.extraction.rules.scene import Assertion, Ref, guess_type
from memory.extraction.rules.text.nouns import CHIEFS
from memory.extraction.rules.text.phrases import Cursor, read_firm
from memory.extraction.rules.text.roles import is_named, read_role
from memory.extraction.rules.text.words import words


def read_title(cursor: Cursor, ref: Ref) -> list[Assertion]:
    """`CTO at Acme`, `the CEO of Acme`, `a designer`; nothing for what is no occupation."""
    start = cursor.at
    role = read_role(cursor, strict=False)
    if not role or is_named(cursor.tokens[start : cursor.at]):
        cursor.at = start
        return []
    has_firm = cursor.low() in ("at", "with", "for") or (
        cursor.low() == "of" and set(role.casefold().split()) & _OF_FIRMS
    )
    if has_firm and (firm := _firm_after(cursor)):
        at = Assertion(entity=ref.name, key="works_at", target=firm, target_type="organisation", inferred=ref.inferred)
        return [Assertion(entity=ref.name, key="role", value=role, said_with="works_at", inferred=ref.inferred), at]
    cursor.at = start
    role = read_role(cursor)
    return [Assertion(entity=ref.name, key="role", value=role, inferred=ref.inferred)] if role else []


def _firm_after(cursor: Cursor) -> str:
    start = cursor.at
    cursor.at += 1
    firm = read_firm(cursor)
    if not firm or guess_type(firm) == "person":
        firm = ""
        cursor.at = start
    return firm


_OF_FIRMS = CHIEFS | words("director owner manager co-owner proprietor partner")
