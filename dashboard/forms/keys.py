"""A new access key."""

from typing import Any, Literal, get_args

from django import forms

from accounts.limits import Narrowing, Verb
from accounts.models import AccessKey, Stage, User
from dashboard.forms.widgets import MONO, WordsField

MOST_PEOPLE = 500


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
        widget=forms.TextInput(attrs=MONO),
    )
    stage = forms.ChoiceField(required=False, help_text="Its limits cap what an analyzer may ask.")
    sources = WordsField(
        required=False,
        max_length=20_000,
        label="Several sources",
        help_text="Between commas, in place of one.",
        widget=forms.TextInput(attrs=MONO),
    )
    tags = forms.CharField(
        required=False,
        max_length=1_000,
        label="Only what carries these tags",
        help_text="It reads nothing else, and may write nothing else: public+hr|press.",
        widget=forms.TextInput(attrs=MONO),
    )
    verbs = forms.MultipleChoiceField(
        required=False,
        label="It may only",
        choices=[
            (Verb.QUERY, "query: ask"),
            (Verb.READ, "read: list and open"),
            (Verb.WRITE, "write: push and upload"),
            (Verb.DELETE, "delete"),
        ],
        widget=forms.CheckboxSelectMultiple,
        help_text="None: all that its role may.",
    )
    owner = forms.ChoiceField(
        required=False,
        label="Belongs to",
        help_text="It stops when they are switched off, and goes when they are deleted.",
    )
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
        owner: Any = self.fields["owner"]
        people = User.objects.filter(is_active=True, is_staff=True).order_by("username")[:MOST_PEOPLE]
        owner.choices = [("", "nobody"), *((user.username, user.username) for user in people)]

    @property
    def narrowing(self) -> Narrowing:
        given = self.cleaned_data
        return Narrowing(sources=tuple(given["sources"]), tags=given["tags"], verbs=tuple(given["verbs"]))

    @property
    def narrows(self) -> bool:
        """Whether something stands in the fields that most keys do without."""
        return any(self[name].value() or self[name].errors for name in ("sources", "tags", "verbs", "owner"))

    def add_error(self, field: str | None, error: Any) -> None:
        super().add_error("days" if field == "expires_at" else field, error)


Number = Literal["jitter_s", "max_attempts", "retry_backoff_s", "pause_after_failures"]
NUMBERS: tuple[Number, ...] = get_args(Number)
