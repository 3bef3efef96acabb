"""Stores of three hundred documents that name things by very similar strings, made by seed."""

import random
from collections.abc import Callable, Iterator
from itertools import permutations

Make = Callable[[random.Random], str]


def _digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choices("0123456789", k=count))


def _letters(chance: random.Random, count: int) -> str:
    return "".join(chance.choices("ABCDEFGH", k=count))


def _few(chance: random.Random, count: int) -> list[int]:
    """Numbers of which there are so few that most strings consist of the same ones."""
    return chance.choices([0, 1, 2, 5, 10, 12, 16, 20], k=count)


def _word(chance: random.Random) -> str:
    return chance.choice(["core", "data", "main", "user", "test", "core2", "log", "app"])


PEOPLE = ["ann", "bob", "eve", "joe", "ida", "max", "kim", "lea", "tom", "zoe"]
HIVES = ["Software", "System", "Run", "Core", "Main", "Data", "Classes"]
PARTS = ["no", "cache", "dir", "with", "fast", "build", "clean", "all"]

KINDS: dict[str, Make] = {
    "IPv4 address": lambda c: ".".join(map(str, _few(c, 4))),
    "address and port": lambda c: f"{'.'.join(map(str, _few(c, 4)))}:{c.choice([80, 443, 8080])}",
    "IPv6 address": lambda c: f"fe80::{_few(c, 1)[0]}:{c.choice(['a1', 'b2', 'c3'])}:{_few(c, 1)[0]}:{_digits(c, 2)}",
    "date": lambda c: f"20{c.randint(18, 26)}-{c.randint(1, 12):02}-{c.randint(1, 28):02}",
    "date with points": lambda c: f"{c.randint(1, 28):02}.{c.randint(1, 12):02}.20{c.randint(18, 26)}",
    "date in words": lambda c: f"{c.randint(1, 28)} {c.choice(['March', 'May', 'June'])} 20{c.randint(14, 26)}",
    "time": lambda c: f"{c.randint(0, 23):02}:{c.randint(0, 59):02}:{c.randint(0, 59):02}",
    "instant": lambda c: f"202{c.randint(0, 5)}-0{c.randint(1, 9)}-1{c.randint(0, 9)}T1{c.randint(0, 9)}:30:00Z",
    "release": lambda c: f"{c.randint(1, 4)}.{c.randint(0, 12)}.{c.randint(0, 12)}",
    "release with a suffix": lambda c: f"{c.randint(1, 3)}.{c.randint(0, 9)}.{c.randint(0, 4)}-rc{c.randint(1, 3)}",
    "part number": lambda c: f"{_letters(c, 2)}-{_digits(c, 2)}-{_digits(c, 1)}",
    "part number with blanks": lambda c: f"{_letters(c, 2)} {_digits(c, 2)} {_digits(c, 2)}",
    "serial": lambda c: f"SN{_digits(c, c.randint(2, 4))}",
    "URL": lambda c: f"https://{_word(c)}.example.com/{_word(c)}/{_word(c)}?page={c.randint(1, 9)}",
    "e-mail address": lambda c: f"{_word(c)}.{_word(c)}{c.randint(1, 9)}@{_word(c)}.example",
    "path": lambda c: f"/{_word(c)}/{_word(c)}/{_word(c)}/{_word(c)}.conf",
    "path of Windows": lambda c: rf"C:\{_word(c)}\{_word(c)}\{_word(c)}{c.randint(1, 9)}.txt",
    "UUID": lambda c: f"{c.choice(['550e8400', '6ba7b810'])}-{_digits(c, 4)}-41d4-a716-{c.choice(['446655440000'])}",
    "hash": lambda c: f"{c.getrandbits(512):0128x}",
    "phone number": lambda c: f"+49 {c.choice([30, 40, 89])} {_digits(c, 3)} {_digits(c, 2)}",
    "phone number with brackets": lambda c: f"(0{c.choice([30, 40, 89])}) {_digits(c, 3)}-{_digits(c, 2)}",
    "error code": lambda c: f"ORA-00{_digits(c, 3)}",
    "ISBN": lambda c: f"978-3-{_digits(c, 2)}-1484{_digits(c, 2)}-{_digits(c, 1)}",
    "name with points": lambda c: f"{_word(c)}.{_word(c)}.{c.choice(['Reader', 'Writer', 'Closer'])}.{_word(c)}",
    "name with underscores": lambda c: f"{_word(c)}_{_word(c)}_{_word(c)}_{c.randint(1, 9)}",
    "name with colons": lambda c: f"{_word(c)}::{_word(c)}::{_word(c)}::{_word(c)}",
    "amount": lambda c: f"${c.randint(1, 9)},{c.randint(100, 120)}.{_digits(c, 2)}",
    "fraction": lambda c: f"{c.randint(1, 40)}/{c.randint(2, 64)}",
    "folder of Windows": lambda c: (
        rf"C:\{c.choice(['Users', 'Data', 'Home'])}\{c.choice(PEOPLE)}{c.choice(['', 'x', 'y', '2'])}"
    ),
    "path of a network": lambda c: rf"\\{_word(c)}\{_word(c)}\{_word(c)}",
    "key of a registry": lambda c: "\\".join(["HKEY_LOCAL_MACHINE", *c.choices(HIVES, k=3)]),
    "environment variable": lambda c: f"${'_'.join(c.choices(PARTS, k=3))}",
    "environment variable of Windows": lambda c: f"%{''.join(c.choices(PARTS, k=3))}%",
    "escaped string": lambda c: r"\n".join(c.choices(PARTS, k=3)),
    "option": lambda c: f"--{'-'.join(c.choices(PARTS, k=c.randint(2, 3)))}",
    "short option": lambda c: f"-{''.join(c.choices('abcxyz', k=3))}",
    "pattern of files": lambda c: f"{_word(c)}/**/{_word(c)}_{_word(c)}*.{c.choice(['py', 'txt', 'log'])}",
    "XPath": lambda c: f"//{_word(c)}/{_word(c)}[@{c.choice(['id', 'name'])}='{_word(c)}']/{_word(c)}",
    "type with parameters": lambda c: f"{c.choice(['List', 'Map'])}<{_word(c)}_{c.choice('xyz')}, {_word(c)}>",
    "account": lambda c: (
        f"DE{_digits(c, 2)} {c.choice(['3704', '1001'])} 0044 {c.choice(['0532', '0523'])} {_digits(c, 4)}"
    ),
    "number plate": lambda c: f"{_letters(c, 2)}-{_letters(c, 2)} {_digits(c, 3)}",
    "article": lambda c: f"{_letters(c, 3)}-{c.choice(['RED', 'BLU', 'GRN'])}-{c.choice(['XS', 'M', 'XL'])}",
    "hardware address": lambda c: ":".join(c.choice(["00", "1a", "2b", "ff"]) for _ in range(6)),
}


def near(identifier: str, chance: random.Random) -> Iterator[str]:
    """Strings of the same parts, one that goes on, and one that ends sooner."""
    for separator in (".", "-", "/", ":", "_", " ", "\\"):
        parts = identifier.split(separator)
        if len(parts) > 2:
            shuffled = [separator.join(each) for each in list(permutations(parts))[1:6]]
            yield from chance.sample(shuffled, k=2)
            yield separator.join(parts[:-1])
    yield f"{identifier}1"


def make_store(kind: str, *, seed: int) -> tuple[list[str], list[tuple[str, int]]]:
    """300 texts, and 100 strings with the one text that has each of them."""
    chance = random.Random(f"{kind} {seed}")
    make, wanted = KINDS[kind], dict[str, None]()
    while len(wanted) < 100:
        wanted.setdefault(make(chance))
    asked = list(wanted)
    texts = [_sentence(chance, [each]) for each in asked]
    while len(texts) < 300:
        others = [each for each in near(chance.choice(asked), chance) if each not in wanted] or [make(chance)]
        others = [each for each in others if not any(each in one or one in each for one in asked)] or ["nothing"]
        texts.append(_sentence(chance, [chance.choice(others)] * chance.randint(1, 3)))
    order = list(range(300))
    chance.shuffle(order)
    return [texts[at] for at in order], [(each, order.index(at)) for at, each in enumerate(asked)]


def _sentence(chance: random.Random, named: list[str]) -> str:
    filler = ["the machine", "was seen", "with care", "by the team", "and repaired", "in the hall", "as reported"]
    words = [*(f"{chance.choice(filler)} {each}" for each in named), *chance.choices(filler, k=chance.randint(3, 12))]
    return f"Note: {' '.join(words)}."
