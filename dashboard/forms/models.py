"""A new embedding model."""

from typing import Any

from django import forms


class ModelForm(forms.Form):
    """Its name with its backend, and a window of its own where it wants one."""

    name = forms.CharField(
        label="Model",
        max_length=200,
        help_text="With its backend: local:all-MiniLM-L6-v2, ollama:bge-m3 or openai:…",
        error_messages={"required": "Name a model."},
        widget=forms.TextInput(
            attrs={"class": "mono", "spellcheck": "false", "autocapitalize": "none", "autocomplete": "off"}
        ),
    )
    passage_chars = forms.IntegerField(
        label="Characters a passage",
        required=False,
        min_value=200,
        max_value=50_000,
        help_text="Empty: PASSAGE_CHARS.",
    )
    passage_overlap = forms.IntegerField(
        label="Overlap",
        required=False,
        min_value=0,
        help_text="Characters that a passage shares with the next.",
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        chars, overlap = given.get("passage_chars"), given.get("passage_overlap")
        if not self.errors and (chars is None) != (overlap is None):
            self.add_error("passage_overlap", "Give both the characters and the overlap, or neither.")
        elif chars is not None and overlap is not None and overlap >= chars:
            self.add_error("passage_overlap", "It must be less than the characters of a passage.")
        return given
