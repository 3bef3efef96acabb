"""A cell of a spreadsheet of OpenDocument as people see it: what its program wrote into it, dates as ISO has them."""

import re
from typing import Any

from ingestion.extract.readers.opendocument.flow import Flow
from ingestion.extract.readers.opendocument.names import OFFICE, PARAGRAPH

TYPE, VALUE, DATE, TIME = (f"{OFFICE}{name}" for name in ("value-type", "value", "date-value", "time-value"))
TRUTH, STRING, CURRENCY = (f"{OFFICE}{name}" for name in ("boolean-value", "string-value", "currency"))
MIDNIGHT = "T00:00:00"
OF_DAY = re.compile(r"-?PT(\d{1,4})H(\d{1,2})M(\d{1,2})(?:[.,]\d*)?S")
NAMES_HALF = re.compile(r"[^\W\d]")
"""Letters in what is shown of a time: `1:30 PM`."""


def shown_value(cell: Any, flow: Flow) -> str:
    kind = cell.get(TYPE)
    if kind == "date":
        return _date(cell.get(DATE) or "") or _text(cell, flow)
    text = _text(cell, flow)
    if kind == "time":
        return _time(text, cell.get(TIME) or "")
    if text or kind is None:
        return text
    return _value(cell, kind)


def _text(cell: Any, flow: Flow) -> str:
    """A paragraph of a word or a number, as nearly all are, is not walked through."""
    paragraphs = list(cell.iterchildren(PARAGRAPH))
    if len(paragraphs) == 1 and not len(paragraphs[0]):
        return (paragraphs[0].text or "").strip()
    return "\n".join(filter(None, map(flow.text, paragraphs)))


def _date(told: str) -> str:
    return told.removesuffix(MIDNIGHT).replace("T", " ")[:26]


def _time(text: str, told: str) -> str:
    found = OF_DAY.fullmatch(told)
    if text and not (found and NAMES_HALF.search(text)):
        return text
    return f"{int(found[1]):02d}:{int(found[2]):02d}:{int(found[3]):02d}" if found else told


def _value(cell: Any, kind: str) -> str:
    """Of programs that write values alone."""
    if kind == "string":
        return cell.get(STRING) or ""
    if kind == "boolean":
        return (cell.get(TRUTH) or "").upper()
    told = cell.get(VALUE) or ""
    try:
        number = float(told)
    except ValueError:
        return told
    if kind == "percentage":
        return f"{number * 100:.15g}%"
    shown = f"{number:.15g}"
    return f"{shown} {cell.get(CURRENCY)}" if kind == "currency" and cell.get(CURRENCY) else shown
