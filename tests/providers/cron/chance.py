"""Schedules by chance."""

import random


def any_field(chance: random.Random, low: int, high: int) -> str:
    def entry() -> str:
        first = chance.randint(low, high - 1)
        last = chance.randint(first + 1, high)
        step = chance.randint(1, last - first)
        return chance.choice([str(first), f"{first}-{last}", f"{first}-{last}/{step}"])

    return chance.choice(["*", "*", f"*/{chance.randint(2, high - low)}", entry(), ",".join([entry(), entry()])])


def any_expression(chance: random.Random) -> str:
    return " ".join(any_field(chance, low, high) for low, high in [(0, 59), (0, 23), (1, 31), (1, 12), (0, 6)])
