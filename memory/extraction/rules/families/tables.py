"""Each verb with the reader of its slots."""

from collections.abc import Callable

from memory.extraction.rules.families.counts import read_counts, read_school
from memory.extraction.rules.families.habits import (
    read_abstain,
    read_collect,
    read_drive,
    read_learn,
    read_play,
    read_support,
    read_teach,
    read_title_of,
    read_train,
)
from memory.extraction.rules.families.living import read_base, read_live, read_move, read_turn
from memory.extraction.rules.families.origins import read_certify, read_degree, read_grow
from memory.extraction.rules.families.people import read_divorce, read_manage, read_marry, read_report
from memory.extraction.rules.families.systems import read_run, read_use
from memory.extraction.rules.families.tastes import (
    read_become,
    read_coding,
    read_follow,
    read_know,
    read_speak,
    read_stand,
    read_switch,
    taste,
)
from memory.extraction.rules.families.things import (
    read_acquire,
    read_belong,
    read_buy,
    read_cost,
    read_diagnosis,
    read_found,
    read_have,
    read_make,
    read_own,
    read_sell,
)
from memory.extraction.rules.families.work import (
    read_get,
    read_hire,
    read_join,
    read_lead,
    read_leave,
    read_lose,
    read_promote,
    read_start,
    read_study,
    read_take,
    read_work,
)
from memory.extraction.rules.scene import Assertion, Ref, Scene
from memory.extraction.rules.text.phrases import Cursor
from memory.extraction.rules.text.verbs import VerbGroup

Reader = Callable[[Cursor, Ref, VerbGroup, Scene], list[Assertion]]


def _have(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    """What somebody has by name or kind, and else how many."""
    if group.able:
        return read_abstain(cursor, ref, group, scene) if group.negated else []
    start = cursor.at
    told = read_have(cursor, ref, group, scene)
    if told or ref.type != "person" or group.negated:
        return told
    cursor.at = start
    return read_counts(cursor, ref)


STATES: dict[str, Reader] = {
    "work": read_work,
    "freelance": read_work,
    "live": read_live,
    "reside": read_live,
    "base": read_base,
    "locate": read_base,
    "headquarter": read_base,
    "report": read_report,
    "manage": read_manage,
    "supervise": read_manage,
    "employ": read_hire,
    "like": taste("likes"),
    "love": taste("likes"),
    "enjoy": taste("likes"),
    "adore": taste("likes"),
    "prefer": taste("likes"),
    "hate": taste("dislikes"),
    "dislike": taste("dislikes"),
    "loathe": taste("dislikes"),
    "detest": taste("dislikes"),
    "stand": read_stand,
    "bear": read_stand,
    "speak": read_speak,
    "use": read_use,
    "run": read_run,
    "build": read_run,
    "host": read_run,
    "deploy": read_run,
    "implement": read_run,
    "play": read_play,
    "collect": read_collect,
    "read": read_title_of,
    "support": read_support,
    "train": read_train,
    "learn": read_learn,
    "teach": read_teach,
    "drive": read_drive,
    "eat": read_abstain,
    "drink": read_abstain,
    "touch": read_abstain,
    "lead": read_lead,
    "head": read_lead,
    "own": read_own,
    "have": _have,
    "know": read_know,
    "code": read_coding,
    "program": read_coding,
    "write": read_coding,
    "cost": read_cost,
    "belong": read_belong,
    "make": read_make,
    "manufacture": read_make,
    "produce": read_make,
    "certify": read_certify,
    "hold": read_degree,
    "follow": read_follow,
    "go": read_school,
    "attend": read_school,
}
"""So as long as it is said in the present."""


EVENTS: dict[str, Reader] = {
    "join": read_join,
    "start": read_start,
    "begin": read_start,
    "get": read_get,
    "take": read_take,
    "accept": read_take,
    "hire": read_hire,
    "move": read_move,
    "relocate": read_move,
    "settle": read_move,
    "marry": read_marry,
    "study": read_study,
    "finish": read_degree,
    "complete": read_degree,
    "do": read_degree,
    "earn": read_degree,
    "graduate": read_study,
    "buy": read_buy,
    "purchase": read_buy,
    "adopt": read_get,
    "acquire": read_acquire,
    "found": read_found,
    "establish": read_found,
    "promote": read_promote,
    "appoint": read_promote,
    "become": read_become,
    "turn": read_turn,
    "switch": read_switch,
    "diagnose": read_diagnosis,
    "divorce": read_divorce,
    "grow": read_grow,
    "leave": read_leave,
    "quit": read_leave,
    "resign": read_lose,
    "retire": read_lose,
    "fire": read_lose,
    "sell": read_sell,
}
"""Something that came about: told in the past, or for a time to come."""
