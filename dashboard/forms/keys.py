"""A new access key."""

from typing import Any, Literal, get_args

from django import forms

from accounts.models import AccessKey, Stage


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
            (AccessKey.Role.ADMIN, "admin: both, and changes everything"),
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


Number = Literal["jitter_s", "max_attempts", "retry_backoff_s", "pause_after_failures"]
NUMBERS: tuple[Number, ...] = get_args(Number)
