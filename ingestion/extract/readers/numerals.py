"""Numbers as lists and headings count in them: 3, c, III."""

ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"))
ROMAN_ENDS = ((9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
MOST_ROMAN, MOST_LETTERS = 4_999, 26 * 20


def decimal(number: int) -> str:
    return str(number)


def letters(number: int) -> str:
    """`a` to `z`, then `aa`, `bb` and so on, as word processors have it."""
    if not 0 < number <= MOST_LETTERS:
        return str(number)
    times, place = divmod(number - 1, 26)
    return chr(97 + place) * (times + 1)


def roman(number: int) -> str:
    if not 0 < number <= MOST_ROMAN:
        return str(number)
    said = []
    for value, sign in ROMAN + ROMAN_ENDS:
        times, number = divmod(number, value)
        said.append(sign * times)
    return "".join(said)
