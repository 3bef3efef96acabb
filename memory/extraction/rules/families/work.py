"""Where somebody works, as what, on what and with whom; schools and certificates."""

from dataclasses import replace

from memory.extraction.diff import Move
from memory.extraction.rules.families.assertions import attribute, read_person, read_technology, relation
from memory.extraction.rules.families.people import named_relatives
from memory.extraction.rules.scene import WHEN, Assertion, Ref, Scene, guess_type
from memory.extraction.rules.text.lexicon import FUNCTION_WORDS
from memory.extraction.rules.text.nouns import PLACES, TECHNOLOGIES
from memory.extraction.rules.text.phrases import (
    Cursor,
    at_boundary,
    join_tokens,
    read_firm,
    read_list,
    read_name,
)
from memory.extraction.rules.text.roles import read_role
from memory.extraction.rules.text.verbs import Tense, VerbGroup
from memory.extraction.rules.text.words import words
from memory.extraction.rules.times.moments import format_of


def employment(cursor: Cursor, ref: Ref, *, event: bool, started: bool = False) -> list[Assertion]:
    """`at Acme as a designer`, `as a designer at Acme`, `for Globex in Berlin`."""
    firm, role, extra = "", "", []
    while not cursor.done:
        cursor.skip()
        start = cursor.at
        if not firm and cursor.take_any(("at", "for", "with") if started else ("at", "for")):
            tool = cursor.low(-1) == "with" and cursor.low() in TECHNOLOGIES
            firm = "" if tool else _no_person(read_firm(cursor))
        elif not role and cursor.take("as"):
            role = read_role(cursor, strict=False)
        elif cursor.low() in ("on", "in"):
            extra += _side_work(cursor, ref)
        if cursor.at == start or not (firm or role or extra) or cursor.at == start + 1:
            cursor.at = start
            break
    return [*job(ref, role, firm, event), *extra]


def _side_work(cursor: Cursor, ref: Ref) -> list[Assertion]:
    """`on Apollo`, `on the platform team`, `in the design group`; `in Berlin` is neither."""
    start = cursor.at
    inside = cursor.low() == "in"
    cursor.at += 1
    told = team_or_project(cursor, ref)
    if not told or (inside and told[0].key != "member_of"):
        cursor.at = start
        return []
    return told


def _no_person(firm: str) -> str:
    """One works for a person, too, and that is no employer's name."""
    return "" if guess_type(firm) == "person" else firm


def job(ref: Ref, role: str, firm: str, event: bool) -> list[Assertion]:
    told = []
    if role:
        told.append(replace(attribute(ref, "role", role, event=event), said_with="works_at" if firm else ""))
    if firm:
        told.append(relation(ref, "works_at", firm, "organisation", event=event))
    return told


def team_or_project(cursor: Cursor, ref: Ref) -> list[Assertion]:
    """`the platform team`, `a project called Apollo`, `Apollo`, `the Apollo project`."""
    start = cursor.at
    team = read_team(cursor)
    if team:
        return [relation(ref, "member_of", team, "organisation")]
    cursor.at = start
    _before_project(cursor)
    if (plain := _plain_project(cursor)) and cursor.low(-1) != "team":
        return [relation(ref, "works_on", plain, "project")]
    name = read_name(cursor)
    cursor.take("project")
    if not name or (cursor.kind() == "word" and cursor.low() == "team"):
        cursor.at = start
        return []
    return [relation(ref, "works_on", name, "project")]


def _before_project(cursor: Cursor) -> None:
    """Past `a project called`; else nothing is passed."""
    start = cursor.at
    cursor.take_any(("a", "the", "our", "my", "an"))
    if cursor.low() in ("project", "projects") and cursor.at + 1 < len(cursor.tokens):
        cursor.at += 1
        _ = cursor.take("called") or cursor.take("named")
    elif cursor.low() != "project":
        cursor.at = start


_PROJECTS = words("service app platform website migration redesign rewrite pipeline dashboard backend frontend portal")
_UNSAID = words("same new old wrong other first next current big small whole own best main side great different")


def _plain_project(cursor: Cursor) -> str:
    """`the billing service`: what it is for has to be told."""
    start = cursor.at
    if not cursor.take_any(("the", "our")):
        return ""
    begin = cursor.at
    while (
        cursor.kind() == "word" and cursor.low() not in FUNCTION_WORDS | _UNSAID | _PROJECTS and cursor.at - begin < 3
    ):
        cursor.at += 1
    if cursor.low() in _PROJECTS and cursor.at > begin:
        cursor.at += 1
        if at_boundary(cursor):
            return " ".join(token.text for token in cursor.tokens[begin : cursor.at])
    cursor.at = start
    return ""


_TEAMS = words("team group squad department guild committee board choir band club crew division unit")


def read_team(cursor: Cursor) -> str:
    start = cursor.at
    if not cursor.take_any(("the", "our", "a", "their")):
        return ""
    begin = cursor.at
    while cursor.kind() in ("word", "number") and cursor.low() not in _TEAMS and cursor.at - begin < 4:
        if cursor.low() in ("of", "in", "at", "and", "for"):
            break
        cursor.at += 1
    if cursor.low() in _TEAMS and cursor.at > begin:
        cursor.at += 1
        return " ".join(token.text for token in cursor.tokens[begin : cursor.at])
    cursor.at = start
    return ""


def read_work(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    start = cursor.at
    if cursor.low() == "for" and cursor.low(1) in _ONESELF and not group.began:
        cursor.at += 2
        return [attribute(ref, "employment", "self-employed")]
    if cursor.take("with"):
        tools = read_list(cursor, read_technology)
        return [attribute(ref, "uses", each) for each in tools]
    cursor.at = start
    shifts = cursor.take_any(("nights", "days", "weekends", "shifts"))
    cursor.take("remotely")
    cursor.take("full", "time") or cursor.take("part", "time") or cursor.take_any(
        ("full-time", "part-time", "freelance")
    )
    _aside(cursor)
    told = employment(cursor, ref, event=group.began)
    return [*told, attribute(ref, "works", shifts)] if told and shifts else told


_ONESELF = ("myself", "himself", "herself", "ourselves", "themselves")


def _aside(cursor: Cursor) -> None:
    """`in logistics`, `night shifts`, `from home`, where the employer follows."""
    start = cursor.at
    marked = (
        cursor.take("from")
        or cursor.take("in")
        or cursor.low() in ("night", "day", "full", "part", "shifts", "closely")
    )
    while marked and cursor.at - start < 4 and cursor.kind() == "word" and cursor.low() not in ("at", "for", "as"):
        token = cursor.token()
        if token is None or token.is_capital:
            break
        cursor.at += 1
    if cursor.low() not in ("at", "for", "as"):
        cursor.at = start


def read_join(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    start = cursor.at
    if cursor.take_any(("our", "my")) and cursor.take_any(_OURS):
        return _then_as(cursor, ref, "")
    cursor.at = start
    team = read_team(cursor)
    if team:
        told = [replace(relation(ref, "member_of", team, "organisation"), event=True)]
        return told + (employment(cursor, ref, event=True) if cursor.low() in ("at", "as") else [])
    cursor.at = start
    firm = _no_person(read_firm(cursor))
    if not firm or cursor.low() in ("team", "meeting", "call", "project"):
        return []
    return _then_as(cursor, ref, firm)


_OURS = words("team company firm startup group department")
"""Which one that is nobody said; as what somebody joined was."""


def _then_as(cursor: Cursor, ref: Ref, firm: str) -> list[Assertion]:
    cursor.skip()
    start = cursor.at
    role = read_role(cursor, strict=False) if cursor.take("as") else ""
    if not role:
        cursor.at = start
    return job(ref, role, firm, True)


_SCHOOLS = words(
    "high school primary academy college grammar nursery kindergarten infants juniors university uni sixth"
)


def read_start(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    job = _new_job(cursor)
    if cursor.low() not in ("at", "with", "as"):
        return []
    told = employment(cursor, ref, event=True, started=True)
    learns = not job and any(_is_school(each.target) for each in told if each.target)
    if learns and len(told) == 1:  # whether to teach or to learn there, nobody said
        ahead = group.progressive and group.tense is Tense.PRESENT
        return [attribute(ref, "starting_at", told[0].target, event=True)] if ahead else []
    return told if any(assertion.target for assertion in told) else []


def _is_school(name: str) -> bool:
    said = name.casefold().split()
    return said[-1] in _SCHOOLS or bool({"school", "university", "college"} & set(said))


def _new_job(cursor: Cursor) -> bool:
    start = cursor.at
    cursor.take_any(("a", "my", "the", "an"))
    cursor.take_any(("new", "great", "first", "full-time", "part-time", "permanent", "own"))
    if cursor.take_any(("job", "position", "role", "post", "career")):
        return True
    cursor.at = start
    return False


def read_get(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    if _new_job(cursor):
        return employment(cursor, ref, event=True, started=True) if cursor.low() in ("at", "with", "as") else []
    return named_relatives(cursor, ref, scene, event=True)


def read_take(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    if cursor.take("over", "as"):
        return read_appointment(cursor, ref)
    return (
        employment(cursor, ref, event=True, started=True)
        if _new_job(cursor) and cursor.low() in ("at", "with", "as")
        else []
    )


def read_appointment(cursor: Cursor, ref: Ref) -> list[Assertion]:
    """`CTO of Acme`, `head of design at Globex`: an occupation that was taken up."""
    role = read_role(cursor, strict=False)
    if not role:
        return []
    start = cursor.at
    firm = read_firm(cursor) if cursor.take_any(("at", "of", "for", "with")) else ""
    if not firm:
        cursor.at = start
    return job(ref, role, firm, True)


def read_hire(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    if group.passive:
        firm = read_firm(cursor) if cursor.take_any(("by", "at")) else ""
        return _then_as(cursor, ref, firm) if firm else []
    name = read_person(cursor, scene, but=ref.name)
    if not name or ref.type == "person":
        return []
    return _then_as(cursor, Ref(name=name, type="person"), ref.name)


def read_promote(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    if not group.passive:
        return []
    _ = cursor.take("to") or cursor.take("as")
    return read_appointment(cursor, ref)


def read_leave(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    if ref.type not in ("person", "") or group.passive:
        return []
    if cursor.take_any(("my", "his", "her", "their")):
        if not cursor.take_any(("job", "position", "role", "post")):
            return []
        firm = read_firm(cursor) if cursor.take_any(("at", "with")) else ""
        return [relation(ref, "works_at", firm, "organisation", event=True, move=Move.END)]
    _ = cursor.take("from")
    name = read_name(cursor)
    if not name:
        return []
    if scene.type_of(name) == "location" or name.casefold() in PLACES:
        return [relation(ref, "lives_in", name, "location", event=True, move=Move.END)]
    if scene.type_of(name) == "person":
        return []
    return [relation(ref, "works_at", name, "organisation", event=True, move=Move.END)]


def read_lose(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    """`was fired`, `resigned`, `retired`, with or without from where."""
    firm = read_firm(cursor) if cursor.take_any(("from", "by", "at")) else ""
    ended = relation(ref, "works_at", firm, "organisation", event=True, move=Move.END)
    key = _GONE_FROM_WORK.get(group.lemma, "") if cursor.kind(-1) == "time" and not firm else ""
    return [ended, replace(attribute(ref, key, WHEN + format_of(cursor.low(-1))), event=True)] if key else [ended]


_GONE_FROM_WORK = {"retire": "retired", "resign": "resigned", "fire": "lost_job"}
"""Told with its time, so that it stands where no employer is known."""


def read_study(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    """`study marine biology at the University of Bergen`: what, and where."""
    field = _field(cursor)
    if not cursor.take_any(("at", "from")):
        return []
    school = read_firm(cursor)
    told = [attribute(ref, "field_of_study", field)] if school and field else []
    return [*told, relation(ref, "studied_at", school, "organisation")] if school else []


def _field(cursor: Cursor) -> str:
    """The words up to the school; none that only point."""
    cursor.take_any(("in", "with"))
    start = cursor.at
    while cursor.kind() == "word" and cursor.low() not in ("at", "from"):
        if cursor.low() in ("for", "about", "and", "my", "your") or cursor.at > start + 5:
            return ""
        cursor.at += 1
    return join_tokens(cursor.tokens[start : cursor.at])


def read_lead(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    """`leads the payments team`: one that has a name of its own."""
    if group.passive or ref.plural or ref.type not in ("person", ""):
        return []
    team = read_team(cursor)
    vague = set(team.split()) & _UNSAID
    return [relation(ref, "leads", team, "organisation")] if team and not vague else []
