"""Documents and filters by chance, of few values, so that they often meet."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

START = datetime(2026, 1, 1, tzinfo=UTC)
SCALARS: list[Any] = [
    *(0, 1, -3, 2.5, 1.0, 1e22, 10**22, 2**53 + 1, 0.1, 7, -0.0),
    *(
        True,
        False,
        "",
        "a",
        "b",
        "B",
        "ä",
        "z",
        "1",
        "2024-05-01",
        "two words",
        "x" * 400,
        "x" * 199 + "y",
        "😀",
        "'%s'",
    ),
]
NAMES = ("year", "kind", "deep", "a.b", "it's", "0")
PATHS = (["year"], ["kind"], ["deep", "inner"], ["deep", "0"], ["a.b"], ["it's"], ["nowhere"], ["0"])
TAGS = ("red", "green", "blue", "team:x")
TIMES = [(START + timedelta(days=day)).isoformat() for day in range(6)]


def random_value(chance: random.Random, depth: int = 0) -> Any:
    roll = chance.random()
    if roll < 0.1:
        return None
    if roll < 0.3 and depth < 3:
        return [random_value(chance, depth + 1) for _ in range(chance.randrange(4))]
    if roll < 0.4 and depth < 3:
        return {name: random_value(chance, depth + 1) for name in chance.sample(("inner", "0"), chance.randrange(3))}
    return chance.choice(SCALARS)


def random_metadata(chance: random.Random) -> dict[str, Any]:
    found = {name: random_value(chance) for name in chance.sample(NAMES, chance.randrange(len(NAMES)))}
    if chance.random() < 0.5:
        found["deep"] = {"inner": random_value(chance), "0": random_value(chance)}
    return found


def random_document(chance: random.Random, number: int) -> dict[str, Any]:
    return {
        "id": f"{chance.choice('abc')}{number}",
        "content": f"{chance.choice(('red', 'green', 'Blue'))} text {number}",
        "tags": chance.sample(TAGS, chance.randrange(4)),
        "metadata": random_metadata(chance),
        "source": chance.choice(("wiki", "hr")),
        "updated_at": chance.choice((None, START + timedelta(days=chance.randrange(6)))),
        "expires_at": chance.choice((None, START + timedelta(days=10_000 + chance.randrange(6)))),
        "language": chance.choice(("", "", "german")),
    }


def random_filter(chance: random.Random, depth: int = 0) -> dict[str, Any]:
    roll = chance.random()
    if roll < 0.4 and depth < 4:
        join = chance.choice(("and", "or", "not"))
        if join == "not":
            return {"not": random_filter(chance, depth + 1)}
        return {join: [random_filter(chance, depth + 1) for _ in range(chance.randrange(1, 4))]}
    return random_metadata_comparison(chance) if roll < 0.85 else random_own_comparison(chance)


def random_metadata_comparison(chance: random.Random) -> dict[str, Any]:
    key, op = ["metadata", *chance.choice(PATHS)], chance.choice(ALL)
    return {"key": key, "op": op, **_value(chance, op, SCALARS)}


def random_own_comparison(chance: random.Random) -> dict[str, Any]:
    key = chance.choice(("id", "source", "content", "language", "tags", "updated_at", "expires_at", "created_at"))
    if key.endswith("_at"):
        return {"key": key, "op": (op := chance.choice(OF_TIMES)), **_value(chance, op, TIMES)}
    texts = ["wiki", "hr", "german", "a1", "b2", "c", "red", "Blue", "", *TAGS]
    return {"key": key, "op": (op := chance.choice(ALL)), **_value(chance, op, texts)}


RANGES = ("gt", "gte", "lt", "lte")
OF_TIMES = ("eq", "ne", "in", "nin", "is_empty", *RANGES)
ALL = (*OF_TIMES, "contains", "text_match")


def _value(chance: random.Random, op: str, values: list[Any]) -> dict[str, Any]:
    if op == "is_empty":
        return {}
    if op == "text_match":
        return {"value": chance.choice([each for each in values if isinstance(each, str) and each])}
    if op in RANGES:
        return {"value": chance.choice([each for each in values if not isinstance(each, bool)])}
    if op == "contains":
        some = chance.choices(values, k=chance.randrange(3))
        return {"value": chance.choice([some, chance.choice(values)])}
    if op in ("in", "nin"):
        return {"value": chance.choices([*values, None], k=chance.randrange(4))}
    return {"value": chance.choice([*values, None])}
