"""What an examination tells, step by step: how it went, and what to do where it did not go well."""

from typing import Literal

from providers.errors import CallFailed
from providers.system.readiness import ReadinessRow

Step = ReadinessRow

START_IT = "Start the provider, or correct host and port of its URL."
FIXES = {
    "dns_failed": "Correct the host in the URL, or make the name known on the machines that run Larder.",
    "connect_failed": START_IT,
    "connection_lost": "Look at the provider's log; another kind of server may listen on this port.",
    "tls_failed": "Renew its certificate, or add its authority to the trusted ones of the machines that run Larder.",
    "timed_out": "See whether the provider hangs, and whether a firewall lets Larder through.",
    "redirect_refused": "Register the address that it redirects to.",
    "url_refused": "Correct the URL.",
    "address_refused": "Register the provider under another address.",
}
NOT_ALLOWED = "Register it under an allowed address, or add it to PROVIDER_ALLOWED_NETWORKS or PROVIDER_ALLOWED_HOSTS."
ASK_ITS_LOG = "Look at the provider's log."


def verdict(steps: list[Step]) -> Literal["ok", "warn", "bad"]:
    """The worst of the steps."""
    states = {step.state for step in steps}
    return "bad" if "bad" in states else "warn" if "warn" in states else "ok"


def failed(name: str, error: CallFailed) -> Step:
    return bad(name, error.detail, FIXES.get(error.code, ASK_ITS_LOG))


def ok(name: str, detail: str) -> Step:
    return Step(name=name, state="ok", detail=detail)


def warn(name: str, detail: str, fix: str) -> Step:
    return Step(name=name, state="warn", detail=detail, fix=fix)


def bad(name: str, detail: str, fix: str) -> Step:
    return Step(name=name, state="bad", detail=detail, fix=fix)
