#!/usr/bin/env bash
# dateparser 1.5.0: what it makes of the phrases that say since when and until when something is so.
#
# It speaks 200 languages and knows "in", "ago" and "last", so one would guess that it reads a date with a preposition,
# or refuses it, alike in all of them. Seen, on Wednesday 18 March 2026:
#   - English "by", "from" and "after" are dropped and the day behind them is read, into the past unless told otherwise:
#     "by Friday" was five days ago. "since", "until", "till", "through" and "before" give nothing at all;
#   - German, French, Spanish, Italian, Dutch, Polish and Russian give nothing for any such phrase, though each reads the
#     weekday alone; nor do they for "next Friday", which English reads;
#   - numbers in words are read in some ("vor zwei Jahren", "две недели назад") and not in others ("hace dos años", "due
#     anni fa", "dwa lata temu"), where digits are;
#   - "Q3 2026" is one day: the month of that quarter which the base's month is of its own, and the base's day in it, so
#     18 September, or 7 August asked on 7 May; "H2 2026" is a day in February.
# So boundary words, numbers in words and quarters are the caller's to read, and only the inner phrase goes to it.
#
# Output: a line for each group, then `as described`. Fails when any of it changes.
set -euo pipefail
room="$(mktemp -d)"
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check dateparser==1.5.0
"$room/venv/bin/python" -W ignore - <<'PYTHON'
from datetime import datetime

import dateparser

BASE = datetime(2026, 3, 18, 10)


def read(text, language="en", **settings):
    found = dateparser.parse(text, languages=[language], settings={"RELATIVE_BASE": BASE} | settings)
    return found and f"{found:%Y-%m-%d}"


for word in ("by", "from", "after"):
    assert read(f"{word} Friday") == "2026-03-13", word
    assert read(f"{word} Friday", PREFER_DATES_FROM="future") == "2026-03-20", word
for word in ("since", "until", "till", "through", "before"):
    assert read(f"{word} Friday") is None, word
print("English boundaries: three dropped, five refused")

OTHERS = {
    "de": ("Freitag", "seit Freitag", "bis Freitag", "ab Freitag", "nächsten Freitag"),
    "fr": ("vendredi", "depuis vendredi", "jusqu'à vendredi", "dès vendredi", "vendredi prochain"),
    "es": ("viernes", "desde el viernes", "hasta el viernes", "desde viernes", "el próximo viernes"),
    "it": ("venerdì", "da venerdì", "fino a venerdì", "entro venerdì", "venerdì prossimo"),
    "nl": ("vrijdag", "sinds vrijdag", "tot vrijdag", "vanaf vrijdag", "volgende vrijdag"),
    "pl": ("piątek", "od piątku", "do piątku", "przed piątkiem", "następny piątek"),
    "ru": ("пятница", "с пятницы", "до пятницы", "к пятнице", "следующая пятница"),
}
for language, (plain, *phrases) in OTHERS.items():
    assert read(plain, language) == "2026-03-13", plain
    assert [read(each, language) for each in phrases] == [None] * 4, phrases
assert read("next Friday") == "2026-03-20"
print("seven other languages: the day alone")

for text, language in (("vor zwei Jahren", "de"), ("il y a deux ans", "fr"), ("две недели назад", "ru")):
    assert read(text, language), text
for words, digits, language in (
    ("hace dos años", "hace 2 años", "es"),
    ("due anni fa", "2 anni fa", "it"),
    ("dwa lata temu", "2 lata temu", "pl"),
    ("dois anos atrás", "2 anos atrás", "pt"),
):
    assert (read(words, language), read(digits, language)) == (None, "2024-03-18"), words
print("numbers in words: some")

assert [read(f"Q{number} 2026") for number in (1, 2, 3)] == ["2026-03-18", "2026-06-18", "2026-09-18"]
assert read("Q3 2026", RELATIVE_BASE=datetime(2026, 5, 7)) == "2026-08-07"
assert read("H2 2026") == "2026-02-18"
print("as described")
PYTHON
