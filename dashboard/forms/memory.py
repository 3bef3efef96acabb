"""A context of the memory, and what is to be forgotten there."""

from django import forms

from dashboard.forms.providers import CODE
from memory.access.contexts import MOST_NAME_CHARS


class ContextForm(forms.Form):
    """`id` only of a new one: it stands in every address. What the store refuses comes back beside its field."""

    id = forms.CharField(
        max_length=63,
        help_text="Small letters, digits, - and _; it stands in every address and cannot be changed later.",
        error_messages={"required": "Give it an id."},
        widget=forms.TextInput(attrs=CODE | {"placeholder": "acme-prod"}),
    )
    name = forms.CharField(required=False, max_length=MOST_NAME_CHARS, help_text="As people know it.")
    confidence_floor = forms.FloatField(
        label="Confidence floor",
        min_value=0,
        max_value=1,
        initial=0.7,
        help_text="Below it a new value does not take the place of a known one.",
    )
    token_limit = forms.IntegerField(
        label="Tokens a month", required=False, min_value=0, help_text="That its models may use; empty: no limit."
    )
    use_models = forms.BooleanField(
        label="Ask models", required=False, initial=True, help_text="Off: rules alone read what is said."
    )


class ForgetForm(forms.Form):
    query = forms.CharField(
        label="What is to be forgotten",
        max_length=2_000,
        help_text="A name, a key of somebody, or words that are like it.",
        widget=forms.TextInput(attrs={"placeholder": "where Alice works"}),
    )
    purge = forms.BooleanField(
        label="Erase it",
        required=False,
        help_text="With its history and the turns that said it, for good; else it only ends.",
    )
