"""How long documents stay where nothing renews or deletes them, in words."""

from datetime import datetime

from dashboard.words import plural, relative_words
from knowledge.browsing.stats import COUNT_UP_TO, Lasting


def lasting_words(documents: int, lasting: Lasting, *, now: datetime) -> str:
    """One sentence on so many documents, at least one; it is told apart which of them never expire."""
    if lasting.until is None:
        return f"Without an expiry {'it stays' if documents == 1 else 'they stay'} for ever."
    if not lasting.endless:
        return f"{'It' if documents == 1 else 'The last of them'} expires {relative_words(lasting.until, now=now)}."
    counted = plural(min(lasting.endless, COUNT_UP_TO), "document")
    endless = f"More than {counted}" if lasting.endless > COUNT_UP_TO else counted
    verbs = "has no expiry and stays" if lasting.endless == 1 else "have no expiry and stay"
    return f"{endless} {verbs} for ever; the last of the others expires {relative_words(lasting.until, now=now)}."
