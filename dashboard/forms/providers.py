"""A provider, new or changed."""

from collections.abc import Callable
from typing import Any, Literal, get_args

from django import forms
from django.conf import settings

from core.errors import LarderError
from providers.cron import parse_schedule, parse_zone
from providers.fields import ProviderFields
from providers.models import (
    ATTEMPTS,
    BACKOFF_S,
    ID_PATTERN,
    JITTER_S,
    MAX_AGE_S,
    MAX_ID_CHARS,
    MAX_TIMEOUT_MS,
    MIN_AGE_S,
    MIN_TIMEOUT_MS,
    PAUSE_AFTER,
    PERCENT,
    Provider,
    Prune,
)
from providers.outbound.http import check_url

Number = Literal["jitter_s", "max_attempts", "retry_backoff_s", "pause_after_failures"]
NUMBERS: tuple[Number, ...] = get_args(Number)
CODE = {"class": "mono", "spellcheck": "false", "autocapitalize": "none", "autocomplete": "off"}


def _whole(label: str, limits: tuple[int, int], **options: Any) -> forms.IntegerField:
    """A whole number; left empty it stays what it is."""
    return forms.IntegerField(label=label, required=False, min_value=limits[0], max_value=limits[1], **options)


def _amount(label: str, limits: tuple[float, float], **options: Any) -> forms.FloatField:
    """A number that may have a fraction, whatever the browser's steps."""
    widget = forms.NumberInput(attrs={"step": "any"})
    return forms.FloatField(label=label, min_value=limits[0], max_value=limits[1], widget=widget, **options)


class ProviderForm(forms.Form):
    """A provider's fields. What the registry refuses comes back beside the field that it names."""

    id = forms.CharField(
        max_length=MAX_ID_CHARS,
        help_text="Also the name of its source. Lower-case letters, digits, - and _; it cannot be changed later.",
        error_messages={"required": "Give it an id."},
        widget=forms.TextInput(attrs=CODE | {"placeholder": "employee-dir", "pattern": ID_PATTERN.strip("^$")}),
    )
    name = forms.CharField(required=False, max_length=200, help_text="For people; left empty, it is the id.")
    url = forms.CharField(
        label="URL",
        max_length=2_000,
        help_text="Larder calls POST /internal/sync below it.",
        error_messages={"required": "Say where Larder reaches it."},
        widget=forms.URLInput(attrs=CODE | {"placeholder": "http://employee-dir:8100"}),
    )
    sync_schedule = forms.CharField(
        label="Schedule",
        required=False,
        max_length=500,
        help_text="Five cron fields, or @hourly, @daily, @weekly, @monthly, @yearly. Empty: only when asked.",
        widget=forms.TextInput(attrs=CODE | {"placeholder": "0 */6 * * *"}),
    )
    timezone = forms.CharField(
        label="Time zone", max_length=64, initial="UTC", widget=forms.TextInput(attrs=CODE | {"list": "zones"})
    )
    timeout_s = _amount(
        "Timeout, seconds",
        (MIN_TIMEOUT_MS / 1_000, MAX_TIMEOUT_MS / 1_000),
        initial=120,
        help_text="A sync that takes longer is stopped.",
    )
    max_age_h = _amount(
        "Stale after, hours",
        (MIN_AGE_S / 3_600, MAX_AGE_S / 3_600),
        required=False,
        help_text="Without a success for so long, it needs a hand. Empty: no limit.",
    )
    secret = forms.CharField(
        required=False,
        strip=False,
        max_length=1_000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    remove_secret = forms.BooleanField(required=False, label="Remove the secret")
    enabled = forms.BooleanField(required=False, initial=True, help_text="Off, it is not synced at all.")
    jitter_s = _whole(
        "Spread, seconds",
        JITTER_S,
        initial=0,
        help_text="Each start is shifted by the same part of this, by the provider's id: many do not begin at once.",
    )
    max_attempts = _whole(
        "Attempts",
        ATTEMPTS,
        initial=3,
        help_text="Of one run, while the provider is unavailable. What it refuses is not tried again.",
    )
    retry_backoff_s = _whole(
        "First wait, seconds",
        BACKOFF_S,
        initial=10,
        help_text="Before the second attempt; twice as long before each further one.",
    )
    retry_timeouts = forms.BooleanField(
        required=False, label="Try again after a timeout", help_text="The provider may still be at work then."
    )
    pause_after_failures = _whole(
        "Pause after failed runs in a row",
        PAUSE_AFTER,
        initial=10,
        help_text="Its schedule waits then until somebody resumes it. 0: never.",
    )
    prune = forms.ChoiceField(
        required=False,
        label="Documents that a sync does not bring again",
        choices=[(Prune.OFF, "stay until they expire"), (Prune.UNSEEN, "go to the trash")],
        initial=Prune.OFF,
        help_text="Only after a sync that succeeded in everything.",
    )
    delete_percent = _whole(
        "Ask before deleting more than, percent",
        PERCENT,
        help_text=f"Of its documents. Empty: {settings.DELETE_PERCENT}.",
    )

    def __init__(self, data: Any = None, *, provider: Provider | None = None) -> None:
        super().__init__(data, initial=_initial(provider) if provider else None)
        keeps = provider is not None and provider.secret_encrypted
        self.fields["secret"].help_text = (
            "One is kept. Leave this empty to keep it." if keeps else "Sent with each call, so that it knows Larder."
        )
        if provider:
            del self.fields["id"]
        if not keeps:
            del self.fields["remove_secret"]

    def clean_url(self) -> str:
        return self._accepted("url", check_url)

    def clean_sync_schedule(self) -> str:
        return self._accepted("sync_schedule", parse_schedule) if self.cleaned_data["sync_schedule"] else ""

    def clean_timezone(self) -> str:
        return self._accepted("timezone", parse_zone)

    def _accepted(self, field: str, check: Callable[[str], object]) -> str:
        """The registry checks one thing after the other when it saves; people are told of all at once."""
        text: str = self.cleaned_data[field]
        try:
            check(text)
        except LarderError as error:
            raise forms.ValidationError(error.detail) from None
        return text

    def chosen(self) -> ProviderFields:
        """The registry's fields; `secret` only where it is to change."""
        given = self.cleaned_data
        fields = ProviderFields(
            name=given["name"],
            url=given["url"],
            enabled=given["enabled"],
            sync_schedule=given["sync_schedule"],
            timezone=given["timezone"],
            sync_timeout_ms=round(given["timeout_s"] * 1_000),
            max_age_s=round(given["max_age_h"] * 3_600) if given["max_age_h"] else None,
            retry_timeouts=given["retry_timeouts"],
        )
        if "delete_percent" in self.data:
            fields["delete_percent"] = given["delete_percent"]
        for name in NUMBERS:
            if given[name] is not None:
                fields[name] = given[name]
        if given["prune"]:
            fields["prune"] = given["prune"]
        if given["secret"] or given.get("remove_secret"):
            fields["secret"] = given["secret"]
        return fields

    def refuse(self, error: LarderError) -> None:
        """Put the registry's sentence beside the field it is about."""
        named = error.extra.get("field", "id")
        field = {"sync_timeout_ms": "timeout_s", "max_age_s": "max_age_h"}.get(named, named)
        self.add_error(field if field in self.fields else None, error.detail)


def _initial(provider: Provider) -> dict[str, Any]:
    names = (
        "name",
        "url",
        "sync_schedule",
        "timezone",
        "enabled",
        "retry_timeouts",
        "prune",
        "delete_percent",
        *NUMBERS,
    )
    hours = _short(provider.max_age_s / 3_600) if provider.max_age_s else None
    numbers = {"timeout_s": _short(provider.sync_timeout_ms / 1_000), "max_age_h": hours}
    return {name: getattr(provider, name) for name in names} | numbers


def _short(number: float) -> float:
    """Without a fraction where it has none."""
    return int(number) if number.is_integer() else number
