"""The one way in: a body and what it is said to be, out comes its text or a sentence why there is none."""

import logging

from filing.errors import ExtractionFailed, KindRefused
from filing.extract.base import Extraction, Part
from filing.extract.sandbox import ChildLost, How, ask_child
from filing.kinds import Claim, recognise

log = logging.getLogger(__name__)

LOST = {
    How.HUNG: "It takes too long to read.",
    How.DIED: "It takes more memory or time to read than it may.",
    How.KILLED: "Reading it was broken off from outside; the machine may be short of memory.",
}


def extract(body: bytes, *, claim: Claim, name: str) -> Extraction:
    """The text of a body; `name` is what people call it.

    Raises ExtractionFailed, for good unless the reading was ended from outside.
    """
    try:
        kind = recognise(body, claim)
        answer = ask_child(kind, body)
    except KindRefused as error:
        raise ExtractionFailed(f"{name}: {error.detail}", code="kind_refused") from error
    except ChildLost as lost:
        code = "interrupted" if lost.how == How.KILLED else "too_costly"
        raise ExtractionFailed(f"{name}: {LOST[lost.how]}", code=code, temporary=lost.how == How.KILLED) from lost
    if sentence := answer.get("unreadable"):
        if cause := answer.get("cause"):
            log.warning("a reader of %s failed: %s", kind.value, cause)
        raise ExtractionFailed(f"{name}: {sentence}", code="unreadable")
    return Extraction(text=answer["text"], title=answer["title"], parts=tuple(Part(*part) for part in answer["parts"]))
