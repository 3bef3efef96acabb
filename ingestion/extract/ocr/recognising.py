"""What a line of text says: it is cut out of its picture, laid straight, and read a narrow column at a time.

The recogniser names the likeliest sign of each column; what stands in several columns, and between signs, is told apart
by its sign for nothing (connectionist temporal classification).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ingestion.extract.ocr.detecting import Box
from ingestion.extract.ocr.models import RECOGNISER, UPSIDE_DOWN, letters, run, values_of
from ingestion.ocr_languages import is_letter_of

HEIGHT, STEP, LEAST_WIDTH, MOST_WIDTH = 48, 32, 320, 4_800
STRAIGHT = 0.5
"""Pixels by which the ends of a line may lie apart that is cut out as it stands."""
LEAST_SURE = 0.6
LOOKED_AT, LOOK_WIDTH = 9, 192
SURELY_TURNED = 0.9


@dataclass(frozen=True)
class Alphabet:
    """Signs that may come, the first being none, and the recogniser's numbers of them."""

    numbers: NDArray[np.int64]
    signs: NDArray[np.str_]


@dataclass(frozen=True)
class RecognisedLine:
    text: str
    box: Box


def read_lines(picture: Image.Image, boxes: Sequence[Box], languages: Sequence[str]) -> list[RecognisedLine]:
    """Of the boxes those that hold text of these languages."""
    alphabet = _alphabet(tuple(languages))
    told = ((_said(_cut(picture, box), alphabet), box) for box in boxes)
    return [RecognisedLine(text, box) for text, box in told if text]


def is_upside_down(picture: Image.Image, boxes: Sequence[Box]) -> bool:
    """As most of its longest lines are."""
    longest = sorted(boxes, key=lambda box: -box.width)[:LOOKED_AT]
    turned = [_is_turned(_cut(picture, box)) for box in longest]
    return sum(turned) * 2 > len(turned)


def _is_turned(line: Image.Image) -> bool:
    narrow = line.crop((0, 0, min(line.width, LOOK_WIDTH), HEIGHT))
    _, turned = run(UPSIDE_DOWN, _padded(narrow, LOOK_WIDTH))[0]
    return bool(turned > SURELY_TURNED)


def _cut(picture: Image.Image, box: Box) -> Image.Image:
    width = min(max(round(HEIGHT * box.width / box.height), 1), MOST_WIDTH)
    if abs(box.width * math.sin(box.angle)) <= STRAIGHT:
        left, top = max(box.x - box.width / 2, 0.0), max(box.y - box.height / 2, 0.0)
        right, bottom = min(box.x + box.width / 2, picture.width), min(box.y + box.height / 2, picture.height)
        return picture.resize((width, HEIGHT), Image.Resampling.BILINEAR, (left, top, right, bottom))
    across, down = math.cos(box.angle), math.sin(box.angle)
    size = math.ceil(box.width), math.ceil(box.height)
    left = box.x - box.width / 2 * across + box.height / 2 * down
    top = box.y - box.width / 2 * down - box.height / 2 * across
    straight = picture.transform(
        size, Image.Transform.AFFINE, (across, -down, left, down, across, top), Image.Resampling.BILINEAR
    )
    return straight.resize((width, HEIGHT), Image.Resampling.BILINEAR)


def _said(line: Image.Image, alphabet: Alphabet) -> str:
    """Empty where the recogniser is not sure enough, and where no letter or digit is."""
    width = max(LEAST_WIDTH, math.ceil(line.width / STEP) * STEP)
    found = run(RECOGNISER, _padded(line, width))[0][:, alphabet.numbers]
    likeliest = found.argmax(axis=1)
    begins = np.append(True, likeliest[1:] != likeliest[:-1]) & (likeliest > 0)
    if not begins.any() or found.max(axis=1)[begins].mean() < LEAST_SURE:
        return ""
    text = "".join(alphabet.signs[likeliest[begins]]).strip()
    return text if any(map(str.isalnum, text)) else ""


def _padded(line: Image.Image, width: int) -> NDArray[np.float32]:
    """Grey behind it."""
    values = np.zeros((1, 3, HEIGHT, width), dtype=np.float32)
    values[0, :, :, : line.width] = values_of(line)
    return values


@cache
def _alphabet(languages: tuple[str, ...]) -> Alphabet:
    known = [(number, sign) for number, sign in enumerate(letters()) if not sign or is_letter_of(sign, languages)]
    return Alphabet(np.array([number for number, _ in known]), np.array([sign for _, sign in known]))
