"""Uploads, and collections."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from core.errors import LarderError
from dashboard.forms.providers import CODE
from ingestion.errors import FileRefused
from ingestion.kinds import readable_kinds
from ingestion.models import DEFAULT_COLLECTION, Collection, Splitter
from ingestion.processing.fetching import fetched_url
from ingestion.processing.recognition import reads_pictures
from ingestion.processing.refetching import Refetch
from ingestion.tags import check_scope


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files, as a list."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list["UploadedFile[bytes]"]:
        most = settings.MAX_UPLOAD_FILES
        if len(data or ()) > most:
            raise forms.ValidationError(f"At most {most} files at once; the command takes whole folders.")
        return [super(FilesField, self).clean(each, initial) for each in data or ()]


class UploadForm(forms.Form):
    """Files, a URL or a text; one of them at least."""

    file = FilesField(required=False, label="Files", allow_empty_file=True)
    url = forms.CharField(
        required=False,
        max_length=2_000,
        label="URL",
        widget=forms.TextInput(attrs=CODE | {"placeholder": "https://example.org/handbook", "inputmode": "url"}),
    )
    fetch_schedule = forms.CharField(
        required=False,
        max_length=200,
        label="Fetch again",
        help_text="Five cron fields, such as 0 6 * * 1-5; empty: once.",
        widget=forms.TextInput(attrs=CODE | {"placeholder": "never"}),
    )
    timezone = forms.CharField(
        required=False, max_length=100, label="In the time of", widget=forms.TextInput(attrs=CODE)
    )
    text = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 5}))
    title = forms.CharField(required=False, max_length=300, help_text="Of the text or the URL; a file has its name.")
    collection = forms.ChoiceField()
    tags = forms.CharField(
        required=False,
        help_text="On every chunk, separated by spaces.",
        widget=forms.TextInput(attrs=CODE | {"placeholder": "hr policy"}),
    )

    def __init__(self, data: Any = None, files: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, files, initial=initial)
        names = {DEFAULT_COLLECTION, *Collection.objects.values_list("name", flat=True)}
        collection: Any = self.fields["collection"]
        collection.choices = [(name, name) for name in sorted(names)]

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            return fetched_url(url) if url else ""
        except LarderError as error:
            raise forms.ValidationError(error.detail) from error

    def clean_tags(self) -> list[str]:
        try:
            return check_scope(self.cleaned_data["tags"].replace(",", " ").split(), field="This")
        except FileRefused as error:
            raise forms.ValidationError(f"{error.detail}.") from error

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if len(text.encode()) > settings.MAX_FILING_BYTES:
            raise forms.ValidationError(f"At most {settings.MAX_FILING_BYTES:,} bytes; upload it as several.")
        return text

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if not self.errors and not (given["file"] or given["url"] or given["text"].strip()):
            raise forms.ValidationError("Choose a file, name a URL or paste a text.")
        return given

    @property
    def kinds(self) -> str:
        return readable_kinds(pictures=reads_pictures())

    @property
    def most_files(self) -> int:
        return settings.MAX_UPLOAD_FILES

    @property
    def most_bytes(self) -> int:
        return settings.MAX_UPLOAD_BYTES

    @property
    def most_each(self) -> int:
        return settings.MAX_FILING_BYTES

    @property
    def refetch(self) -> Refetch:
        given = self.cleaned_data
        return Refetch(schedule=given["fetch_schedule"], timezone=given["timezone"] or "UTC")


class CollectionForm(forms.Form):
    """`name` only of a new one: it is the source of all that is in it."""

    name = forms.RegexField(
        regex=r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$",
        max_length=settings.MAX_SOURCE_CHARS,
        help_text="Also the source of its documents; it cannot be changed later.",
        error_messages={"required": "Give it a name.", "invalid": "Letters, digits, - _ and . only."},
        widget=forms.TextInput(attrs=CODE | {"placeholder": "handbook"}),
    )
    description = forms.CharField(required=False, max_length=1_000)
    splitter = forms.ChoiceField(
        label="Cut into",
        choices=[(value, value) for value in Splitter.values],
        initial=Splitter.WINDOWS,
        help_text="Windows have a fixed number of characters and overlap; structure keeps sentences, headings and rows "
        "whole.",
    )
    days_to_live = forms.IntegerField(
        label="Days to live", required=False, min_value=1, max_value=36_500, help_text="Empty: for good."
    )
    keep_bytes = forms.BooleanField(
        label="Keep the files themselves",
        required=False,
        help_text="So that they can be downloaded. Else only their text stays once they are done.",
    )
