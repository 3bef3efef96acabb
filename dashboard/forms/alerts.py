"""A channel that alerts leave by."""

from typing import Any

from django import forms

from core.errors import LarderError
from dashboard.forms.providers import CODE
from dashboard.forms.widgets import WordsField
from providers.alerts.channels import ADDRESS_FIELDS, CHANNEL_KINDS
from providers.alerts.models import AlertChannel


def kind_choices() -> list[tuple[str, str]]:
    """Webhooks first, since most use them."""
    kinds = sorted(CHANNEL_KINDS.values(), key=lambda kind: kind.name != "webhook")
    return [(kind.name, kind.label) for kind in kinds]


class ChannelForm(forms.Form):
    """An alert channel. What is refused comes back beside the field that it names."""

    name = forms.CharField(max_length=200, error_messages={"required": "Give it a name."})
    kind = forms.ChoiceField(choices=kind_choices)
    url = forms.CharField(required=False, max_length=2_000, widget=forms.URLInput(attrs=CODE | {"autocomplete": "off"}))
    secret = forms.CharField(
        required=False,
        max_length=1_000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    remove_secret = forms.BooleanField(required=False, label="Remove the secret")
    recipients = WordsField(
        required=False,
        max_length=5_000,
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
    enabled = forms.BooleanField(required=False, initial=True, help_text="When off, it gets no alerts.")

    def __init__(self, data: Any = None, *, channel: AlertChannel | None = None) -> None:
        names = ("name", "kind", "recipients", "providers", "after_failures", "enabled")
        super().__init__(data, initial={name: getattr(channel, name) for name in names} if channel else None)
        for name in ADDRESS_FIELDS:
            _describe(self.fields[name], name)
        self.kept_url = bool(channel and channel.url_encrypted)
        if channel and self.kept_url:
            self.fields["url"].widget.attrs["data-kept"] = f"at {channel.host}"
            self.fields["url"].help_text = f"There is one at {channel.host}. Leave this empty to keep it."
        if channel and channel.secret_encrypted:
            self.fields["secret"].help_text = "There is one. Leave this empty to keep it."
        else:
            del self.fields["remove_secret"]

    def chosen(self) -> dict[str, Any]:
        """The fields to save; `url` and `secret` only where they are to change."""
        kept = ("secret", "remove_secret", *(["url"] if self.kept_url and not self.cleaned_data["url"] else []))
        given = {name: value for name, value in self.cleaned_data.items() if name not in kept}
        if self.cleaned_data["secret"] or self.cleaned_data.get("remove_secret"):
            given["secret"] = self.cleaned_data["secret"]
        return given

    def refuse(self, error: LarderError) -> None:
        self.add_error(error.extra.get("field"), error.detail)

    @property
    def addresses(self) -> list[tuple[forms.BoundField, str]]:
        """The fields that only some kinds take, with the classes by which the page hides them for the others."""
        return [(self[name], _classes(name)) for name in ADDRESS_FIELDS]


def _describe(field: forms.Field, name: str) -> None:
    """As the kinds say that take it."""
    told = [kind.takes[name] for kind in CHANNEL_KINDS.values() if name in kind.takes]
    field.label = " / ".join(dict.fromkeys(each.label for each in told))
    field.help_text = " ".join(dict.fromkeys(each.help for each in told if each.help))


def _classes(name: str) -> str:
    """`not-1 not-3` where the first and the third choice do not take the field: CSS knows places, no names."""
    places = enumerate((CHANNEL_KINDS[kind] for kind, _ in kind_choices()), start=1)
    return " ".join(f"not-{place}" for place, kind in places if name not in kind.takes)
