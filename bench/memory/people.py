"""People who do not exist, as many as are needed, and what is known of them."""

from collections.abc import Iterator
from typing import Any

GIVEN_NAMES = """Ada Ben Cleo Dora Emil Fay Gus Hana Ivo Jana Kai Lena Milo Nora Otto Pia Quin Rosa Sven Tilda Udo Vera
Wim Xena Yara Zoe Arno Berta Carl Dilan Edda Finn Greta Hugo Ines Jonas Klara Luis Mara Nils"""
BEGINNINGS = "Al Bor Cas Dun El Far Gol Hav Ist Jor Kel Lan Mor Nes Or Pel Rad Sor Tan Ul Ver Wes Yor Zan"
ENDINGS = "berg dale feld gard holm ins kamp lund mann nes over quist rud sen tal under vik wald yard zer"
BETWEEN = "a e i o u ar er in or un"
FIRST, STARTS, ENDS, MIDDLES = GIVEN_NAMES.split(), BEGINNINGS.split(), ENDINGS.split(), ["", *BETWEEN.split()]
COMPANIES = 2_000
CITIES = ["Oslo", "Vienna", "Lyon", "Porto", "Ghent", "Turin", "Leeds", "Basel", "Malmo", "Gdansk"]
ROLES = ["engineer", "nurse", "teacher", "baker", "lawyer", "pilot", "chemist", "editor", "plumber", "architect"]
FACTS_EACH = 5


def person(number: int) -> str:
    """Numbers beyond some 200,000 begin again."""
    number, first = divmod(number, len(FIRST))
    number, start = divmod(number, len(STARTS))
    number, end = divmod(number, len(ENDS))
    return f"{FIRST[first]} {STARTS[start]}{MIDDLES[number % len(MIDDLES)]}{ENDS[end]}"


def company(number: int) -> str:
    number, start = divmod(number % COMPANIES, len(STARTS))
    middle, end = divmod(number, len(ENDS))
    return f"{STARTS[start]}{MIDDLES[middle]}{ENDS[end]} Works"


def triples(facts: int) -> Iterator[dict[str, Any]]:
    """Five of each person, as `POST /facts` takes them."""
    for number in range(facts // FACTS_EACH):
        who = {"type": "person", "name": person(number)}
        yield {"entity": who, "key": "works_at", "target": {"type": "organisation", "name": company(number)}}
        yield {"entity": who, "key": "role", "value": ROLES[number % len(ROLES)]}
        yield {"entity": who, "key": "lives_in", "target": {"type": "location", "name": CITIES[number % len(CITIES)]}}
        yield {"entity": who, "key": "reports_to", "target": {"type": "person", "name": person(number // 7)}}
        yield {"entity": who, "key": "email", "value": f"{person(number).replace(' ', '.').lower()}@mail.test"}
