"""What people may type. Fields bear the API's names, so that an address of a page reads like a call."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm

from knowledge.errors import LarderError
from knowledge.models import AccessKey, Stage
from knowledge.tagexpr import TagExpression, TagExpressionInvalid, parse_tags
from providers.alerts.models import AlertChannel
from providers.cron import parse_schedule, parse_zone
from providers.models import ID_PATTERN, MAX_AGE_S, MAX_ID_CHARS, MAX_TIMEOUT_MS, MIN_AGE_S, MIN_TIMEOUT_MS, Provider
from providers.outbound import check_url
from providers.registry import ProviderFields


class TagsField(forms.CharField):
    """A tag expression; its value is the parsed one, None for no filter."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=2_000, **options)
        self.widget.attrs |= {"class": "mono", "spellcheck": "false", "autocapitalize": "none", "autocomplete": "off"}

    def clean(self, value: Any) -> TagExpression | None:
        try:
            return parse_tags(super().clean(value))
        except TagExpressionInvalid as error:
            raise forms.ValidationError(error.detail) from None


class SourceField(forms.CharField):
    """One of the sources that hold documents, or all; its value is None for all."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.Select(), max_length=settings.MAX_SOURCE_CHARS)

    def clean(self, value: Any) -> str | None:
        return super().clean(value) or None


class SearchForm(forms.Form):
    """A question as an analyzer would ask it."""

    text = forms.CharField(
        label="Question",
        max_length=settings.MAX_QUERY_CHARS,
        error_messages={"required": "Ask something: a question, or the words you would use for it."},
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "how do I book a trip abroad?"}),
    )
    tags = TagsField(widget=forms.TextInput(attrs={"placeholder": "policy+finance|executive"}))
    source = SourceField()
    top_k = forms.IntegerField(label="Top k", min_value=1, max_value=1_000, initial=10)
    min_score = forms.FloatField(
        label="Min score", min_value=0, max_value=1, initial=0, widget=forms.NumberInput(attrs={"step": "0.05"})
    )
    strategy = forms.ChoiceField(choices=[("similarity", "similarity"), ("diverse", "diverse")])

    def __init__(self, data: Any = None, *, sources: Iterable[str]) -> None:
        defaults = {"top_k": "10", "min_score": "0", "strategy": "similarity"}
        given = {name: value for name, value in (data or {}).items() if value}
        super().__init__(None if data is None else defaults | given, auto_id="search_%s")
        _offer_sources(self, sources)


class BrowseForm(forms.Form):
    """Which documents to list."""

    q = forms.CharField(
        label="Id or text contains",
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "id or text contains"}),
    )
    tags = TagsField(widget=forms.TextInput(attrs={"placeholder": "tag expression"}))
    source = SourceField()

    def __init__(self, data: Any, *, sources: Iterable[str]) -> None:
        super().__init__(data, auto_id="browse_%s")
        _offer_sources(self, sources)


def _offer_sources(form: forms.Form, sources: Iterable[str]) -> None:
    """A source that has no documents any more stays on offer while an address names it."""
    names = sorted({*sources, str(form.data.get("source", ""))} - {""})
    form.fields["source"].widget.choices = [("", "all sources"), *((name, name) for name in names)]


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "This name and password do not belong together. Both are case-sensitive.",
        "inactive": "This account is switched off.",
    }


class KeyForm(forms.Form):
    """A new access key. What the store refuses comes back beside the field that it names."""

    name = forms.CharField(
        max_length=200,
        help_text="Who will use it, as people know them.",
        error_messages={"required": "Say who will use it."},
        widget=forms.TextInput(attrs={"placeholder": "wiki provider", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        choices=[
            (AccessKey.Role.PROVIDER, "provider: pushes documents"),
            (AccessKey.Role.ANALYZER, "analyzer: asks"),
            (AccessKey.Role.ADMIN, "admin: both, and steers"),
        ]
    )
    source = forms.CharField(
        required=False,
        help_text="The only one that it sees and writes; empty: any. A provider's source is its id.",
        widget=forms.TextInput(attrs={"class": "mono", "spellcheck": "false", "autocapitalize": "none"}),
    )
    stage = forms.ChoiceField(required=False, help_text="Its limits cap what an analyzer may ask.")
    days = forms.TypedChoiceField(
        label="Expires",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "never"), ("7", "in a week"), ("30", "in 30 days"), ("90", "in 90 days"), ("365", "in a year")],
    )

    def __init__(self, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        names = Stage.objects.order_by("name").values_list("name", flat=True)
        stage: Any = self.fields["stage"]
        stage.choices = [("", "none"), *((name, name) for name in names)]

    def add_error(self, field: str | None, error: Any) -> None:
        super().add_error("days" if field == "expires_at" else field, error)


CODE = {"class": "mono", "spellcheck": "false", "autocapitalize": "none", "autocomplete": "off"}


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
    timeout_s = forms.FloatField(
        label="Timeout, seconds",
        min_value=MIN_TIMEOUT_MS / 1_000,
        max_value=MAX_TIMEOUT_MS / 1_000,
        initial=120,
        help_text="A sync that takes longer is stopped.",
        widget=forms.NumberInput(attrs={"step": "any"}),
    )
    max_age_h = forms.FloatField(
        label="Stale after, hours",
        required=False,
        min_value=MIN_AGE_S / 3_600,
        max_value=MAX_AGE_S / 3_600,
        help_text="Without a success for so long, it needs a hand. Empty: no limit.",
        widget=forms.NumberInput(attrs={"step": "any"}),
    )
    secret = forms.CharField(
        required=False,
        strip=False,
        max_length=1_000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    remove_secret = forms.BooleanField(required=False, label="Remove the secret")
    enabled = forms.BooleanField(required=False, initial=True, help_text="Paused, it is not synced at all.")

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
        )
        if given["secret"] or given.get("remove_secret"):
            fields["secret"] = given["secret"]
        return fields

    def refuse(self, error: LarderError) -> None:
        """Put the registry's sentence beside the field it is about."""
        named = error.extra.get("field", "id")
        field = {"sync_timeout_ms": "timeout_s", "max_age_s": "max_age_h"}.get(named, named)
        self.add_error(field if field in self.fields else None, error.detail)


def _initial(provider: Provider) -> dict[str, Any]:
    names = ("name", "url", "sync_schedule", "timezone", "enabled")
    hours = _short(provider.max_age_s / 3_600) if provider.max_age_s else None
    numbers = {"timeout_s": _short(provider.sync_timeout_ms / 1_000), "max_age_h": hours}
    return {name: getattr(provider, name) for name in names} | numbers


def _short(number: float) -> float:
    """Without a fraction where it has none."""
    return int(number) if number.is_integer() else number


class WordsField(forms.CharField):
    """Words between blanks, commas and lines."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        return str(super().clean(value)).replace(",", " ").split()


class ChannelForm(forms.Form):
    """An alert channel. What is refused comes back beside the field that it names."""

    name = forms.CharField(max_length=200, error_messages={"required": "Give it a name."})
    kind = forms.ChoiceField(choices=AlertChannel.Kind.choices)
    url = forms.CharField(label="Webhook's URL", required=False, max_length=2_000, widget=forms.URLInput(attrs=CODE))
    secret = forms.CharField(
        label="Webhook's secret",
        required=False,
        max_length=1_000,
        help_text="Signs each call in the Standard Webhooks form.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    remove_secret = forms.BooleanField(required=False, label="Remove the secret")
    recipients = WordsField(
        label="Mail goes to",
        required=False,
        max_length=5_000,
        help_text="Addresses, between commas.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    providers = WordsField(
        required=False,
        max_length=20_000,
        help_text="Ids, between commas. Empty: all.",
        widget=forms.TextInput(attrs=CODE),
    )
    after_failures = forms.IntegerField(
        label="Failing, after so many failures in a row", min_value=1, max_value=100, initial=1
    )
    enabled = forms.BooleanField(required=False, initial=True, help_text="Off, it is told nothing.")

    def __init__(self, data: Any = None, *, channel: AlertChannel | None = None) -> None:
        names = ("name", "kind", "url", "recipients", "providers", "after_failures", "enabled")
        super().__init__(data, initial={name: getattr(channel, name) for name in names} if channel else None)
        if channel and channel.secret_encrypted:
            self.fields["secret"].help_text = "One is kept. Leave this empty to keep it."
        else:
            del self.fields["remove_secret"]

    def chosen(self) -> dict[str, Any]:
        """The fields to save; `secret` only where it is to change."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in ("secret", "remove_secret")}
        if self.cleaned_data["secret"] or self.cleaned_data.get("remove_secret"):
            given["secret"] = self.cleaned_data["secret"]
        return given

    def refuse(self, error: LarderError) -> None:
        self.add_error(error.extra.get("field"), error.detail)
