"""Labels, `key=value`, that callers put on what they write and narrow what they read by."""

import re
from typing import Any

from memory.errors import MemoryInvalid

MOST_LABELS = 20
MOST_LABEL_CHARS = 200
LABEL = re.compile(r"[^\s=_][^\s=]*=[^\x00-\x1f\ud800-\udfff]+")


def read_labels(value: Any) -> list[str]:
    """Each once, as they came. A key that begins with `_` is not for callers. Raises MemoryInvalid."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise MemoryInvalid("labels have to be a list of texts such as key=value.")
    if len(value) > MOST_LABELS:
        raise MemoryInvalid(f"labels: {len(value)} were sent; at most {MOST_LABELS} can be.")
    for label in value:
        if len(label) > MOST_LABEL_CHARS or not LABEL.fullmatch(label):
            raise MemoryInvalid(f"The label {label[:40]!r} is none: a label is key=value, and no key begins with _.")
    return list(dict.fromkeys(value))
