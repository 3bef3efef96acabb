"""The round trip: what is written out and applied again changes nothing, stages too."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.keys import create_key
from accounts.models import AuditEntry
from providers.manifest import export_manifest
from providers.models import Provider
from tests.providers.conftest import NOON
from tests.providers.manifest.files import FILE, apply, one, refused

pytestmark = pytest.mark.django_db


def test_applying_an_export_changes_nothing() -> None:
    apply(FILE)
    exported = export_manifest()
    assert "s3cret" not in exported
    assert apply(exported).changes == []
    Provider.objects.all().delete()
    apply(exported)
    assert export_manifest() == exported.replace(next(x for x in exported.splitlines(True) if "# secret" in x), "")


def test_an_export_of_nothing_is_a_file_too() -> None:
    assert apply(export_manifest()).changes == []


@settings(max_examples=60)
@given(
    provider_id=st.from_regex(r"[a-z0-9][a-z0-9_-]{0,20}", fullmatch=True).filter(lambda text: text != "new"),
    name=st.text(min_size=1, max_size=30).filter(lambda text: text.isprintable() and text.strip()),
    timeout=st.integers(100, 86_400_000),
    enabled=st.booleans(),
)
def test_every_provider_survives_the_round_trip(provider_id: str, name: str, timeout: int, enabled: bool) -> None:
    Provider.objects.all().delete()
    row = Provider(id=provider_id, name=name.strip(), url="http://a.test", created_at=NOON, updated_at=NOON)
    row.sync_timeout_ms, row.enabled = timeout, enabled
    row.save()
    assert apply(export_manifest()).changes == []


STAGES = """
stages:
  - name: triage
    retrieval_limits: {max_top_k: 5, min_score_floor: 0.4}
    analyzers: [{id: spam-check}]
"""


def test_stages_are_compared_applied_and_written_out_again() -> None:
    key, _ = create_key("spam-check", role="analyzer")
    plan = apply(STAGES)
    assert [str(field) for field in plan.changes[0].fields] == [
        "max_top_k: 5",
        "min_score_floor: 0.4",
        "rerank: asked",
        "binds: spam-check",
    ]
    key.refresh_from_db()
    assert key.stage is not None
    assert key.stage.max_top_k == 5
    assert apply(export_manifest()).changes == []
    again = apply(STAGES.replace("max_top_k: 5", "max_top_k: 7"))
    assert [str(field) for field in again.changes[0].fields] == ["max_top_k: 5 → 7"]
    assert list(AuditEntry.objects.filter(verb__startswith="stage").order_by("pk").values_list("verb", flat=True)) == [
        "stage.create",
        "stage.update",
    ]


def test_a_faulty_stage_keeps_the_providers_out() -> None:
    text = one("url: ftp://a.test") + STAGES.replace("max_top_k: 5", "max_top_k: 0")
    assert refused(text) == [(8, "max_top_k is a whole number from 1 to 1000.")]
    assert not Provider.objects.exists()
