"""Stages: what they allow, how they are declared, and that nobody gets around them."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.keys import authenticate, create_key
from accounts.limits import Limits
from accounts.models import AccessKey, Stage
from accounts.stages import StagesInvalid, StageSpec, apply_stages, parse_stages
from knowledge.run_counts import Counts
from knowledge.search import Query
from knowledge.search.query import tighten
from tests.conftest import Api

BASE = "/api/v1/knowledge"
FILE = """
plugins: {context_providers: {hr: {url: "http://hr"}}}
stages:
  - name: triage
    retrieval_limits: {max_top_k: 2, min_score_floor: 0.25}
    analyzers: [{id: spam-check}, {id: router, model: small}]
  - name: deep
    prompt: "!whatever"
"""


@given(top_k=st.integers(1, 1_000), score=st.floats(0, 1), most=st.integers(1, 1_000), floor=st.floats(0, 1))
def test_limits_only_ever_tighten(top_k: int, score: float, most: int, floor: float) -> None:
    asked = Query(text="x", top_k=top_k, min_score=score)
    got = tighten(asked, Limits(stage="s", max_top_k=most, min_score_floor=floor))
    assert got.top_k <= min(top_k, most)
    assert got.min_score >= max(score, floor)
    assert tighten(got, Limits(stage="s", max_top_k=most, min_score_floor=floor)) == got
    assert tighten(asked, None) is asked


def test_a_file_is_read_with_its_other_keys_left_alone() -> None:
    assert parse_stages(FILE) == [
        StageSpec(name="triage", max_top_k=2, min_score_floor=0.25, analyzers=("spam-check", "router")),
        StageSpec(name="deep"),
    ]


@pytest.mark.parametrize("text", ["", "# nothing", "stages:", "stages: []", "plugins: {}"])
def test_a_file_may_declare_no_stages(text: str) -> None:
    assert parse_stages(text) == []


@pytest.mark.parametrize(("most", "floor"), [(1, 0), (1_000, 1), (5, 0.5)])
def test_limits_lie_between_1_and_1000_and_between_0_and_1(most: int, floor: float) -> None:
    (stage,) = parse_stages(f"stages: [{{name: a, retrieval_limits: {{max_top_k: {most}, min_score_floor: {floor}}}}}]")
    assert (stage.max_top_k, stage.min_score_floor) == (most, floor)


@pytest.mark.django_db
def test_whether_a_stage_is_reranked_is_declared_beside_its_limits(now: datetime) -> None:
    for declared, applied in (("retrieval_limits: {rerank: never}", "never"), ("analyzers: []", "asked")):
        apply_stages(parse_stages(f"stages: [{{name: a, {declared}}}]"), now=now)
        assert Stage.objects.get(name="a").rerank == applied


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("stages: 5", 1, "is a list"),
        ("- a", 1, "mapping"),
        ("stages:\n  - name: a\n  - retrieval_limits: {}", 3, "a stage's name"),
        ("stages:\n  - name: [a]", 2, "a stage's name"),
        ("stages:\n  - name: a/b", 2, "letters, digits"),
        ("stages:\n  - name: a\n    retrieval_limits:\n      max_top_k: 0", 4, "from 1 to 1000"),
        ("stages:\n  - name: a\n    retrieval_limits:\n      max_top_k: 1001", 4, "from 1 to 1000"),
        ("stages:\n  - name: a\n    retrieval_limits:\n      max_top_k: true", 4, "from 1 to 1000"),
        ("stages:\n  - name: a\n    retrieval_limits: {min_score_floor: 1.01}", 3, "from 0 to 1"),
        ("stages:\n  - name: a\n    retrieval_limits: {min_score_floor: -0.01}", 3, "from 0 to 1"),
        ("stages:\n  - name: a\n    retrieval_limits: {min_score_floor: .nan}", 3, "from 0 to 1"),
        ("stages:\n  - name: a\n    retrieval_limits: {min_score_floor: '0.5'}", 3, "from 0 to 1"),
        ("stages:\n  - name: a\n    retrieval_limits: {rerank: on}", 3, "asked, always, never"),
        ("stages:\n  - name: a\n    retrieval_limits: {rerank: [never]}", 3, "asked, always, never"),
        ("stages:\n  - name: a\n    rerank: never", 3, "stands within"),
        ("stages:\n  - name: a\n    retrieval_limits: {top_k: 5}", 3, "no retrieval limit 'top_k'"),
        ("stages:\n  - name: a\n    retrieval_limits: [5]", 3, "mapping"),
        ("stages:\n  - name: a\n    max_top_k: 5", 3, "`max_top_k` stands within `retrieval_limits`"),
        ("stages:\n  - name: a\n    retrieval_limit: {max_top_k: 5}", 3, "but `retrieval_limits`"),
        ("stages:\n  - name: a\n    analyser: [x]", 3, "but `analyzers`"),
        ("stages:\n  - name: a\n    analyzers: [{id: x, min_score_floor: 1}]", 3, "stands within"),
        ("stages:\n  - name: a\n    analyzers: [{name: x}]", 3, "an analyzer's id"),
        ("stages:\n  - name: a\n  - name: a", 3, "stands twice"),
        ("stages:\n  - name: a\n    name: b", 3, "stands twice"),
        ("stages:\n  - {name: a, analyzers: [x]}\n  - {name: b, analyzers: [x]}", 3, "bound to 'a' already"),
        ("a: [1,\nb: }", 2, "."),
        ("stages: !!python/object/apply:os.system [ls]", 1, "."),
        ("a: 1\n---\nb: 2", 2, "."),
        ("\x00", 1, "."),
        ("[" * 5_000, 1, "."),
    ],
)
def test_a_fault_is_named_by_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(StagesInvalid, match=reason) as refused:
        parse_stages(text)
    assert refused.value.extra["line"] == line


@pytest.fixture
def store(push: Callable[..., Counts]) -> None:
    push(*({"id": str(n), "content": "quince " + "jelly " * n} for n in range(6)), "something else")


@pytest.mark.django_db
def test_the_server_enforces_the_limits_of_a_bound_key(store: None, client: Client, now: datetime) -> None:
    stage = Stage.objects.create(name="triage", max_top_k=2, min_score_floor=0.5)
    bound = Api(client, create_key("spam-check", role="analyzer", stage=stage)[1])
    hits = bound("post", f"{BASE}/query", {"text": "quince", "top_k": 100, "min_score": 0}).json()["documents"]
    assert len(hits) == 2
    assert all(hit["score"] >= 0.5 for hit in hits)
    stage.min_score_floor = 0.99
    stage.save()
    assert len(bound("post", f"{BASE}/query", {"text": "quince"}).json()["documents"]) == 1


@pytest.mark.django_db
def test_an_explanation_names_nothing_that_a_stage_withholds(
    store: None, client: Client, api: Callable[..., Api]
) -> None:
    stage = Stage.objects.create(name="triage", max_top_k=2, min_score_floor=0.9)
    bound = Api(client, create_key("spam-check", role="analyzer", stage=stage)[1])
    question = {"text": "quince", "min_score": 0.9, "explain": True}
    assert api("analyzer")("post", f"{BASE}/query", question).json()["explanation"]["near_misses"]
    assert bound("post", f"{BASE}/query", question).json()["explanation"]["near_misses"] == []


@pytest.mark.django_db
def test_an_unbound_key_is_not_limited(store: None, api: Callable[..., Api]) -> None:
    Stage.objects.create(name="triage", max_top_k=1)
    assert len(api("analyzer")("post", f"{BASE}/query", {"text": "quince"}).json()["documents"]) == 7


@pytest.mark.django_db
def test_applying_binds_the_keys_that_are_named(now: datetime) -> None:
    key, raw = create_key("spam-check", role="analyzer")
    create_key("spam-check", role="provider", source="spam-check")
    applied = apply_stages(parse_stages(FILE), now=now)
    assert (applied.created, applied.updated, applied.bound) == (["triage", "deep"], [], 1)
    assert applied.keyless == [("triage", "router")]
    assert authenticate(raw, now=now).stage.name == "triage"


@pytest.mark.django_db
def test_applying_again_changes_nothing_and_a_changed_file_only_its_change(now: datetime) -> None:
    create_key("spam-check", role="analyzer")
    apply_stages(parse_stages(FILE), now=now)
    again = apply_stages(parse_stages(FILE), now=now)
    assert (again.created, again.updated, again.bound) == ([], [], 0)
    changed = apply_stages(parse_stages(FILE.replace("max_top_k: 2", "max_top_k: 3")), now=now)
    assert changed.updated == ["triage"]
    assert Stage.objects.get(name="triage").max_top_k == 3


@pytest.mark.django_db
def test_a_binding_that_is_not_declared_stays(now: datetime) -> None:
    stage = Stage.objects.create(name="triage", max_top_k=1)
    key, _ = create_key("other", role="analyzer", stage=stage)
    apply_stages(parse_stages(FILE), now=now)
    key.refresh_from_db()
    assert key.stage == stage


@pytest.mark.django_db
def test_the_command_applies_a_file_or_says_which_line_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "larder.yaml"
    file.write_text(FILE)
    call_command("apply_stages", str(file))
    assert "2 stages created" in (printed := capsys.readouterr().out)
    assert "manage.py create_key router --role analyzer --stage triage" in printed
    file.write_text(FILE.replace("max_top_k: 2", "max_top_k: 2000"))
    with pytest.raises(CommandError, match=r"larder.yaml: Line 5: .* Nothing was changed"):
        call_command("apply_stages", str(file))


@pytest.mark.django_db
def test_a_key_is_made_for_a_stage(capsys: pytest.CaptureFixture[str], now: datetime) -> None:
    Stage.objects.create(name="triage")
    call_command("create_key", "spam-check", "--role", "analyzer", "--stage", "triage")
    assert authenticate(capsys.readouterr().out.strip(), now=now).stage.name == "triage"
    with pytest.raises(CommandError, match="these are: triage"):
        call_command("create_key", "x", "--role", "analyzer", "--stage", "nowhere")
    with pytest.raises(CommandError, match="Only an analyzer"):
        call_command("create_key", "x", "--role", "provider", "--stage", "triage")


@pytest.mark.django_db
def test_the_database_binds_analyzers_only() -> None:
    stage = Stage.objects.create(name="triage")
    key, _ = create_key("hr", role=AccessKey.Role.PROVIDER)
    with pytest.raises(IntegrityError):
        AccessKey.objects.filter(pk=key.pk).update(stage=stage)
