"""Hints: what to do about a run that failed, by its error code: one step, and the page for it. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Where(StrEnum):
    """The page that helps, by the name of its address; NOWHERE: what helps is not on a page."""

    EDIT = "provider-edit"
    DOCTOR = "provider-doctor"
    NOWHERE = ""

    @property
    def label(self) -> str:
        return {"provider-edit": "Edit the provider", "provider-doctor": "Check it step by step"}.get(self, "")


@dataclass(frozen=True)
class Hint:
    """`todo` is one sentence; between backticks stands code."""

    todo: str
    where: Where = Where.NOWHERE


SECRET = Hint("Set the same secret on both sides, then sync again.", Where.EDIT)
URL = Hint("Correct the provider's URL.", Where.EDIT)
REACH = Hint("Start the provider, or correct its URL. The check says how far a call gets.", Where.DOCTOR)
CONTRACT = Hint("Correct the provider: its answer is not what the contract says.", Where.DOCTOR)
OVERLOAD = Hint("Wait, or look at the provider's own log.")
PLATFORM = Hint("This is Larder's fault, not the provider's. The worker's log says what happened.")
MAKES_UP = Hint("Nothing: the next sync catches up. Sync now if you cannot wait.")

BY_CODE = {
    "unauthorized": SECRET,
    "forbidden": SECRET,
    "secret_unreadable": Hint("Enter its secret again, or put the lost key back into `SECRETS_KEYS`.", Where.EDIT),
    "not_found": URL,
    "rejected": URL,
    "url_refused": URL,
    "address_refused": URL,
    "redirect_refused": URL,
    "dns_failed": REACH,
    "connect_failed": REACH,
    "connection_lost": REACH,
    "tls_failed": REACH,
    "bad_answer": CONTRACT,
    "body_too_large": CONTRACT,
    "sync_state_refused": Hint("Correct the provider: what it keeps between syncs is too large, or no JSON object."),
    "encoding_refused": CONTRACT,
    "rate_limited": OVERLOAD,
    "provider_error": OVERLOAD,
    "provider_failed": Hint("The sentence above is the provider's own; its log says more."),
    "timed_out": Hint("Raise its timeout, or make the provider faster.", Where.EDIT),
    "still_running": Hint("Give it a wider schedule, or make the provider faster.", Where.EDIT),
    "queued_too_long": Hint("Start more workers, or raise `MAX_CONCURRENT_SYNCS`."),
    "sync_lost": MAKES_UP,
    "cancelled": MAKES_UP,
    "interrupted": MAKES_UP,
    "database_unavailable": MAKES_UP,
    "store_unavailable": Hint("The sentence above names a problem of Larder itself. The sync is tried again."),
    "ran_too_long": PLATFORM,
    "internal_error": PLATFORM,
}


def hint_for(error_code: str) -> Hint | None:
    """None for a run that went well, and for a code that is not known here."""
    return BY_CODE.get(error_code)
