"""One declaration for one field: what is declared is what every surface knows."""

from dataclasses import replace
from typing import Any

import pytest

from dashboard.forms import ProviderForm
from providers.errors import ProviderInvalid
from providers.fields import FIELDS, FieldSpec, Surface, fields_on
from providers.manifest.read import DECLARED
from providers.manifest.table import fields_table
from providers.models import Provider
from providers.schemas import ProviderIn, ProviderOut, ProviderPatch
from tests import REFERENCE

OWNER = FieldSpec(name="owner", label="Owner", help="Whom to ask about it.", max_chars=200)


def names_on(surface: Surface) -> set[str]:
    return {spec.name for spec in fields_on(surface)}


def test_the_documented_table_is_the_declared_one() -> None:
    page = (REFERENCE / "larder.yaml.md").read_text(encoding="utf-8")
    assert fields_table() in page, "run manage.py document_fields"


def test_a_column_has_the_declared_default() -> None:
    row = Provider(id="wiki")
    for spec in fields_on(Surface.READ):
        assert getattr(row, spec.name) == spec.default, spec.name


def test_a_default_is_a_value_that_can_be_saved() -> None:
    for spec in fields_on(Surface.READ):
        assert spec.required or spec.clean(spec.default) == spec.default


def test_the_form_has_no_empty_row() -> None:
    assert all(row for rows in ProviderForm().rows.values() for row in rows)


def test_every_surface_knows_what_is_declared_for_it() -> None:
    assert set(ProviderPatch.model_fields) == names_on(Surface.WRITE)
    assert set(ProviderIn.model_fields) == {"id"} | names_on(Surface.WRITE)
    assert names_on(Surface.READ) < set(ProviderOut.model_fields)
    assert set(DECLARED) == {"secret_env"} | names_on(Surface.CODE)
    inputs = {field.name for rows in ProviderForm().rows.values() for row in rows for field in row}
    assert inputs == {"id"} | {spec.input for spec in fields_on(Surface.FORM)}


def test_an_input_that_has_no_place_ends_the_first_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FIELDS, "owner", OWNER)
    assert [field.name for field in ProviderForm().rows["service"][-1]] == ["owner"]


@pytest.mark.parametrize(
    ("spec", "value", "sentence"),
    [
        (OWNER, "x" * 201, "`owner` is one line of at most 200 characters."),
        (OWNER, "a\nb", "`owner` is one line of at most 200 characters."),
        (FIELDS["jitter_s"], -1, "`jitter_s` is a whole number between 0 and 86,400."),
        (FIELDS["sync_timeout_ms"], 99, "The timeout is between 100 and 86,400,000 milliseconds."),
        (FIELDS["prune"], "all", "`prune` is off or unseen."),
        (replace(FIELDS["jitter_s"], refusal="No more than {1}."), 86_401, "No more than 86400."),
    ],
)
def test_a_value_out_of_bounds_is_refused_in_a_sentence(spec: FieldSpec, value: Any, sentence: str) -> None:
    with pytest.raises(ProviderInvalid) as refused:
        spec.clean(value)
    assert (refused.value.detail, refused.value.extra["field"]) == (sentence, spec.name)


def test_null_is_kept_where_nothing_is_the_default() -> None:
    assert FIELDS["max_age_s"].clean(None) is None
    assert all(FIELDS[name].takes_null for name in ("name", "sync_schedule", "max_age_s", "secret", "delete_percent"))
    assert not any(FIELDS[name].takes_null for name in ("url", "timezone", "prune", "enabled", "jitter_s", "paused"))
