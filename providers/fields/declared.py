"""The declarations, in the order in which the fields are checked."""

from dataclasses import replace
from typing import Annotated, Any, TypedDict, get_args, get_type_hints

from django.db.models import TextChoices

from knowledge.words.languages import language_fault
from providers.cron import parse_schedule, parse_zone
from providers.errors import OutboundRefused, ProviderInvalid
from providers.fields.spec import FieldSpec, Surface, Unit
from providers.outbound.http import check_url
from providers.outbound.signatures import secret_fault

SYNC_PATH = "/internal/sync"
OWN_PATHS = (SYNC_PATH, "/internal/state", "/internal")
"""What Larder calls below a provider's URL, and so no part of it."""


class Prune(TextChoices):
    """What becomes of documents that a fully successful sync did not bring again."""

    OFF = "off", "they stay, at most until they expire"
    UNSEEN = "unseen", "they go to the trash"


def _check_url(text: str) -> str:
    url = text.strip()
    try:
        check_url(url)
    except OutboundRefused as refused:
        raise ProviderInvalid(refused.detail, field="url") from refused
    if "?" in url:
        raise ProviderInvalid("The URL cannot be used: a query does not belong here.", field="url")
    bare = url.rstrip("/")
    if below := next((path for path in OWN_PATHS if bare.lower().endswith(path)), ""):
        meant = bare[: -len(below)]
        raise ProviderInvalid(f"Larder adds {SYNC_PATH} itself; write {meant} as the URL.", field="url")
    return bare


def _check_schedule(text: str) -> str:
    return parse_schedule(text).text if text.strip() else ""


def _check_timezone(text: str) -> str:
    return parse_zone(text).key


def _check_secret(text: str) -> str:
    if not text.isascii() or not (text.isprintable() and text == text.strip()):
        raise ProviderInvalid(
            "A secret goes into an HTTP header: plain ASCII without blanks around it.", field="secret"
        )
    if fault := secret_fault(text):
        raise ProviderInvalid(fault, field="secret")
    return text


def _check_language(text: str) -> str:
    language = text.strip().lower()
    if language and (fault := language_fault(language)):
        raise ProviderInvalid(f"`language` {fault}.", field="language")
    return language


class ProviderFields(TypedDict, total=False):
    """What a person may set. `secret` is kept encrypted; "" removes it."""

    name: Annotated[
        str,
        FieldSpec(
            label="Name",
            help="For people; left empty, it is the id.",
            max_chars=200,
            refusal="A name is one line of at most 200 characters.",
        ),
    ]
    url: Annotated[
        str,
        FieldSpec(label="URL", help="Larder calls POST /internal/sync below it.", required=True, check=_check_url),
    ]
    enabled: Annotated[bool, FieldSpec(label="Enabled", help="Off, it is not synced at all.", default=True)]
    sync_schedule: Annotated[
        str,
        FieldSpec(
            label="Schedule",
            help="Five cron fields, or @hourly, @daily, @weekly, @monthly, @yearly. Empty: only when asked.",
            check=_check_schedule,
        ),
    ]
    timezone: Annotated[
        str,
        FieldSpec(
            label="Time zone",
            help="An IANA name, such as Europe/Riga.",
            default="UTC",
            check=_check_timezone,
        ),
    ]
    sync_timeout_ms: Annotated[
        int,
        FieldSpec(
            label="Timeout",
            help="A sync that takes longer is stopped.",
            default=120_000,
            between=(100, 24 * 60 * 60 * 1_000),
            refusal="The timeout is between {:,} and {:,} milliseconds.",
            unit=Unit(input="timeout_s", name="seconds", size=1_000),
        ),
    ]
    max_age_s: Annotated[
        int | None,
        FieldSpec(
            label="Stale after",
            help="Without a success for so long, it needs attention. Empty: no limit.",
            default=None,
            between=(60, 366 * 24 * 60 * 60),
            refusal="The maximum age is between one minute and 366 days.",
            unit=Unit(input="max_age_h", name="hours", size=3_600),
        ),
    ]
    secret: Annotated[
        str,
        FieldSpec(
            label="Secret",
            help="Sent with each call, so that it knows Larder.",
            check=_check_secret,
            surfaces=Surface.WRITE | Surface.CODE | Surface.FORM,
        ),
    ]
    max_attempts: Annotated[
        int,
        FieldSpec(
            label="Attempts",
            help="Of one run, while the provider is unavailable. What it refuses is not tried again.",
            default=3,
            between=(1, 10),
        ),
    ]
    retry_backoff_s: Annotated[
        int,
        FieldSpec(
            label="First wait, seconds",
            help="Before the second attempt; twice as long before each further one.",
            default=10,
            between=(0, 900),
        ),
    ]
    retry_timeouts: Annotated[
        bool,
        FieldSpec(label="Try again after a timeout", help="The provider may still be at work then.", default=False),
    ]
    jitter_s: Annotated[
        int,
        FieldSpec(
            label="Spread, seconds",
            help="Each start is shifted by the same part of this, by the provider's id: many do not begin at once.",
            default=0,
            between=(0, 86_400),
        ),
    ]
    pause_after_failures: Annotated[
        int,
        FieldSpec(
            label="Pause after failed runs in a row",
            help="Its schedule waits then until somebody resumes it. 0: never.",
            default=10,
            between=(0, 1_000),
        ),
    ]
    paused: Annotated[
        bool,
        FieldSpec(
            label="Paused",
            help="Set to false, it is resumed. Only Larder pauses: true is refused of what is not paused.",
            default=False,
            surfaces=Surface.WRITE,
        ),
    ]
    paused_reason: Annotated[str, FieldSpec(label="Reason", help="Why a person stopped it.", surfaces=Surface.NOWHERE)]
    prune: Annotated[
        str,
        FieldSpec(
            label="What becomes of documents that a sync does not bring again",
            help="Only after a sync that succeeded in everything.",
            default=Prune.OFF.value,
            choices=Prune,
        ),
    ]
    delete_percent: Annotated[
        int | None,
        FieldSpec(
            label="Ask before deleting more than, percent",
            help="Of its documents.",
            default=None,
            between=(0, 100),
            fallback="DELETE_PERCENT",
        ),
    ]
    language: Annotated[
        str,
        FieldSpec(
            label="Language",
            help="Whose word endings keyword search ignores in its documents, such as german, unless they name one "
            "themselves. Empty: SEARCH_LANGUAGE.",
            check=_check_language,
        ),
    ]


def _read_declaration(name: str, hint: Any) -> FieldSpec:
    kept, spec = get_args(hint)
    declared: FieldSpec = replace(spec, name=name, type=kept)
    return declared


FIELDS = {
    name: _read_declaration(name, hint) for name, hint in get_type_hints(ProviderFields, include_extras=True).items()
}


def fields_on(surface: Surface) -> list[FieldSpec]:
    """Those that are met on all of the given surfaces."""
    return [spec for spec in FIELDS.values() if surface in spec.surfaces]
