"""Finding documents: the search, the list, the sign-in before both."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm

from accounts.limits import MOST_TOP_K
from dashboard.forms.widgets import LongSelect
from knowledge.browsing.filters import Filter
from knowledge.browsing.lists import Order
from knowledge.search import Mode
from knowledge.tagexpr import TagExpression, TagExpressionInvalid, parse_tags
from knowledge.writing.scanner import Flag


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
        super().__init__(required=False, widget=LongSelect(), max_length=settings.MAX_SOURCE_CHARS)

    def clean(self, value: Any) -> str | None:
        return super().clean(value) or None


class SearchForm(forms.Form):
    """A question as an analyzer would ask it; `stage`: as with a key that is bound to it."""

    text = forms.CharField(
        label="Question",
        max_length=settings.MAX_QUERY_CHARS,
        error_messages={"required": "Ask something: a question, or the words you would use for it."},
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "how do I book a trip abroad?"}),
    )
    tags = TagsField(widget=forms.TextInput(attrs={"placeholder": "policy+finance|executive"}))
    source = SourceField()
    mode = forms.ChoiceField(choices=[(mode.value, mode.value) for mode in Mode])
    strategy = forms.ChoiceField(choices=[("similarity", "similarity"), ("diverse", "diverse")])
    without = forms.ChoiceField(
        label="Flagged",
        required=False,
        choices=[("", "included"), ("flags", "left out"), *((flag, f"without {flag}") for flag in Flag)],
    )
    language = forms.ChoiceField(required=False)
    stage = forms.ChoiceField(label="As stage", required=False)
    rerank = forms.ChoiceField(
        label="Reranked", required=False, choices=[("", "as the stage says"), ("yes", "yes"), ("no", "no")]
    )
    top_k = forms.IntegerField(label="Top k", min_value=1, max_value=MOST_TOP_K, initial=10)
    min_score = forms.FloatField(
        label="Min score", min_value=0, max_value=1, initial=0, widget=forms.NumberInput(attrs={"step": "0.05"})
    )

    def __init__(
        self, data: Any = None, *, sources: Iterable[str], stages: Iterable[str] = (), languages: Iterable[str] = ()
    ) -> None:
        defaults = {"top_k": "10", "min_score": "0", "mode": Mode.SEMANTIC.value, "strategy": "similarity"}
        given = {name: value for name, value in (data or {}).items() if value}
        super().__init__(None if data is None else defaults | given, auto_id="search_%s")
        _offer_sources(self, sources)
        _offer(self, "language", languages, none="automatic")
        _offer(self, "stage", stages, none="none")
        if not settings.RERANK_MODEL:
            del self.fields["rerank"]


class FilterForm(forms.Form):
    """Which documents to list."""

    q = forms.CharField(
        label="Id, words, or text in quotes",
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": 'id, words, "text"'}),
    )
    tags = TagsField(widget=forms.TextInput(attrs={"placeholder": "tag expression"}))
    source = SourceField()

    def __init__(self, data: Any, *, sources: Iterable[str]) -> None:
        super().__init__(data, auto_id="browse_%s")
        _offer_sources(self, sources)

    def wanted(self, *, trashed: bool = False) -> Filter:
        """What a valid form asks for."""
        asked = self.cleaned_data
        q = asked["q"]
        text = q[1:].removesuffix('"') if q.startswith('"') else ""
        words = "" if text else q
        return Filter(tags=asked["tags"], source=asked["source"], words=words, text=text, trashed=trashed)


class BrowseForm(FilterForm):
    """Which documents to list, and in which order."""

    sort = forms.ChoiceField(
        required=False,
        choices=[
            (Order.STORED.value, "newest stored"),
            (Order.UPDATED.value, "newest updated"),
            (Order.EXPIRES.value, "first to expire"),
            (Order.ID.value, "source and id"),
        ],
    )

    @property
    def order(self) -> Order:
        return Order(self.cleaned_data["sort"] or Order.STORED)


class ManyForm(forms.Form):
    """The confirmation of what happens to many documents. `as_of`: when the page that asks was made."""

    reason = forms.CharField(
        required=False,
        max_length=200,
        help_text="Stays with each document in the trash.",
        widget=forms.TextInput(attrs={"placeholder": "outdated, superseded, sent by mistake …", "autocomplete": "off"}),
    )
    as_of = forms.DateTimeField(widget=forms.HiddenInput())
    sure = forms.BooleanField(error_messages={"required": "Tick this to confirm."})

    def __init__(self, data: Any = None, *, initial: Any = None, sure: str = "", reason: bool = True) -> None:
        super().__init__(data, initial=initial)
        self.fields["sure"].label = sure
        if not sure:
            del self.fields["sure"]
        if not reason:
            del self.fields["reason"]


def _offer(form: forms.Form, name: str, offered: Iterable[str], *, none: str) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- they are declared above
    field.choices = [("", none), *((each, each) for each in offered)]


def _offer_sources(form: forms.Form, sources: Iterable[str]) -> None:
    """A source that has no documents any more stays on offer while an address names it."""
    names = sorted({*sources, str(form.data.get("source", ""))} - {""})
    form.fields["source"].widget.choices = [("", "all sources"), *((name, name) for name in names)]


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "This name and password do not match. Both are case-sensitive.",
        "inactive": "This account is switched off.",
    }
