"""Finding documents: the search, the list, the sign-in before both."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm

from knowledge.search import Mode
from knowledge.tagexpr import TagExpression, TagExpressionInvalid, parse_tags


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
    mode = forms.ChoiceField(choices=[(mode.value, mode.value) for mode in Mode])
    strategy = forms.ChoiceField(choices=[("similarity", "similarity"), ("diverse", "diverse")])

    def __init__(self, data: Any = None, *, sources: Iterable[str]) -> None:
        defaults = {"top_k": "10", "min_score": "0", "mode": Mode.SEMANTIC.value, "strategy": "similarity"}
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
