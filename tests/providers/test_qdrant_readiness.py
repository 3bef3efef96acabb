"""What readiness, metrics and the command say of Qdrant; none of it needs the client."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from config import checks
from config.observability.metrics import _cluster
from core.sql import fetch
from knowledge.models import ClusterChange, ClusterCollection, ClusterFeed, EmbeddingModel
from knowledge.run_counts import Counts
from knowledge.search.qdrant.lineage import LINEAGE
from knowledge.search.qdrant.status import breakers
from providers.system.readiness import ReadinessRow, readiness

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def qdrant(settings: Any) -> None:
    settings.QDRANT_URL = "http://qdrant.test:6333"
    for each in breakers.values():
        each.note_success()


@pytest.fixture
def fed(push: Callable[..., Counts], now: datetime) -> EmbeddingModel:
    push("bread")
    lineage = fetch(f"SELECT {LINEAGE}", {})[0][0]
    ClusterFeed.objects.create(name="larder-test", lineage=lineage, begun_at=now, seen_at=now)
    model = EmbeddingModel.objects.get()
    ClusterCollection.objects.create(model=model.pk)
    return model


def row(now: datetime) -> ReadinessRow | None:
    return next((each for each in readiness(now=now) if each.name == "qdrant"), None)


def test_who_uses_none_reads_nothing_of_it(settings: Any, now: datetime) -> None:
    settings.QDRANT_URL = ""
    assert row(now) is None
    assert _cluster() == []


def test_one_that_is_not_fed_is_told_with_the_way_to_begin(now: datetime) -> None:
    told = row(now)
    assert (told.state, "qdrant rebuild" in told.fix) == ("warn", True)


def test_one_that_is_well_is_told_with_what_waits(fed: EmbeddingModel, now: datetime) -> None:
    ClusterChange.objects.create(passage=1, model=fed.pk, extent=1, noted_at=now)
    told = row(now)
    assert (told.state, told.detail) == ("ok", "1 changes wait to be sent.")
    assert {each.name: each.samples[0].value for each in _cluster()}["larder_qdrant_usable"] == 1
    assert {each.name: each.samples[0].value for each in _cluster()}["larder_qdrant_changes_waiting"] == 1


def no_url(fed: EmbeddingModel, settings: Any, now: datetime) -> None:
    settings.QDRANT_URL = ""


def another_store(fed: EmbeddingModel, settings: Any, now: datetime) -> None:
    ClusterFeed.objects.update(lineage="another")


def not_whole(fed: EmbeddingModel, settings: Any, now: datetime) -> None:
    ClusterCollection.objects.update(walked_to=7)


def failing(fed: EmbeddingModel, settings: Any, now: datetime) -> None:
    for _ in range(3):
        breakers["asking"].note_failure("It took too long.")


def lagging(fed: EmbeddingModel, settings: Any, now: datetime) -> None:
    ClusterChange.objects.create(passage=1, model=fed.pk, extent=1, noted_at=now - timedelta(minutes=6))


TROUBLES = {
    no_url: "QDRANT_URL is not set",
    another_store: "another store",
    not_whole: "test:hashing",
    failing: "It took too long.",
    lagging: "the oldest for 6 min",
}


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda each: each.__name__)
def test_each_trouble_is_told_with_its_fix(
    fed: EmbeddingModel, settings: Any, now: datetime, trouble: Callable[..., None]
) -> None:
    trouble(fed, settings, now)
    told = row(now)
    assert told.state == "warn"
    assert TROUBLES[trouble] in told.detail
    assert told.fix


def test_a_client_that_is_missing_is_told_at_the_start(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(checks, "find_spec", lambda name: None)
    assert [each.id for each in checks.check_qdrant(None)] == ["larder.E015"]
    settings.QDRANT_URL = ""
    assert checks.check_qdrant(None) == []


def test_the_command_says_what_is_missing(settings: Any) -> None:
    settings.QDRANT_URL = ""
    with pytest.raises(CommandError, match="QDRANT_URL is not set"):
        call_command("qdrant", "rebuild")
