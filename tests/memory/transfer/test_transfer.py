"""A context is written to lines and brought back: all that it knows and ever knew, and nothing by halves."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.audit import LARDER
from knowledge.models import Document
from memory.errors import MemoryConflict
from memory.models import Context, Entity, Fact, Instruction, Proof, Session, Turn, Uncertainty
from memory.transfer.export import export_context
from memory.transfer.lines import MemoryLinesInvalid
from memory.transfer.load import load_context
from memory.upkeep.removal import delete_context
from tests.memory.conftest import MemoryApi

pytestmark = pytest.mark.django_db(transaction=True)

TABLES = (Session, Turn, Entity, Fact, Proof, Instruction, Uncertainty)


@pytest.fixture
def told(memory: MemoryApi) -> MemoryApi:
    for text in (
        "I'm Dana, a designer at Acme.",
        "I work at Globex.",
        "Always answer in French.",
        "I moved to Porto a while ago.",
    ):
        assert memory("post", "facts", {"text": text, "scopes": "org/acme", "session_id": "chat"}).status_code == 200
    node = {"kind": "product", "slug": "w", "title": "Widget", "content": {"price": 5}}
    assert memory("post", "knowledge/nodes/batch", {"nodes": [node]}).status_code == 200
    return memory


def lines_of(context_id: str = "acme") -> list[str]:
    return list(export_context(Context.objects.get(pk=context_id)))


def asked(admin: MemoryApi) -> Any:
    return [
        admin("get", "state").json(),
        admin("get", "entities/person/Dana/history/works_at").json(),
        admin("post", "state", {"asOf": timezone.now().isoformat()}).json(),
        admin("get", "sessions/chat/turns").json(),
    ]


def test_what_is_brought_back_answers_as_before(told: MemoryApi, admin: MemoryApi) -> None:
    before, counts = asked(admin), [model._default_manager.count() for model in TABLES]
    lines = lines_of()
    delete_context(Context.objects.get(), now=timezone.now(), actor=LARDER)
    load_context(lines, now=timezone.now(), actor=LARDER)
    assert [model._default_manager.count() for model in TABLES] == counts
    after = asked(admin)
    assert after[1] == before[1]
    assert after[3] == before[3]
    assert {row["object"] for row in after[0]["identity"]["relations"]} == {"Globex", "Porto"}
    assert admin("post", "query", {"query": "Widget"}).json()["hits"]
    assert lines_of()[1:] != []


def test_many_rows_are_brought_back_as_they_were(admin: MemoryApi) -> None:
    """Longer than what is written in one go, with all that a column can hold."""
    dana, odd = {"type": "person", "name": "Dana"}, "a\tb\\N \"{}\" 'x' é"
    triples = [{"entity": dana, "key": "owns", "value": f"{odd} {number}"} for number in range(2_100)]
    assert admin("post", "facts", {"infer": "triples", "triples": triples, "labels": ["by=x, y"]}).status_code == 200
    lines = lines_of()
    delete_context(Context.objects.get(), now=timezone.now(), actor=LARDER)
    load_context(lines, now=timezone.now(), actor=LARDER)
    rows = [[json.loads(line) for line in some if '"table": "fact"' in line] for some in (lines, lines_of())]
    assert len(rows[0]) == 2_100
    assert [_without_set(each) for each in rows[0]] == [_without_set(each) for each in rows[1]]
    assert Proof.objects.count() == 2_100


def _without_set(line: dict[str, Any]) -> dict[str, Any]:
    """Its number is another one in each store."""
    return {name: value for name, value in line["row"].items() if name != "scope_set_id"}


def test_it_is_searched_again(told: MemoryApi, admin: MemoryApi) -> None:
    lines = lines_of()
    live = Document.objects.filter(source="memory.acme", deleted_at=None)
    before = sorted(live.values_list("key", "content"))
    delete_context(Context.objects.get(), now=timezone.now(), actor=LARDER)
    load_context(lines, now=timezone.now(), actor=LARDER)
    assert sorted(live.values_list("key", "content")) == before


@pytest.mark.parametrize(
    "broken", ["{}", "no json", '{"table": "fact", "row": {"id": "x"}}', '{"table": "user", "row": {}}']
)
def test_a_line_that_is_none_is_named_and_nothing_is_kept(told: MemoryApi, broken: str) -> None:
    lines = lines_of()
    delete_context(Context.objects.get(), now=timezone.now(), actor=LARDER)
    with pytest.raises(MemoryLinesInvalid, match="Line 4"):
        load_context([*lines[:3], broken, *lines[4:]], now=timezone.now(), actor=LARDER)
    assert not Context.objects.exists()


@pytest.mark.parametrize(
    "broken",
    [
        '{"table": "fact", "row": {}}',
        '{"table": "session", "row": {"name": 5, "metadata": {}}}',
        '{"table": "scope_set", "row": {}}',
        '{"table": "scope_set", "row": {"id": [1], "clauses": 5}}',
        '{"table": "entity", "row": {"scope_set_id": [1]}}',
        '{"table": "uncertainty", "row": {"facts": 5}}',
        '{"table": "principal", "row": {"name": null}}',
        '{"table": "principal", "row": {"id": {}, "name": "x"}}',
    ],
)
def test_a_row_that_cannot_be_kept_is_told_as_one(told: MemoryApi, broken: str) -> None:
    lines = lines_of()
    delete_context(Context.objects.get(), now=timezone.now(), actor=LARDER)
    with pytest.raises(MemoryLinesInvalid, match=r"ine \d+"):
        load_context([*lines[:3], broken, *lines[4:]], now=timezone.now(), actor=LARDER)
    assert not Context.objects.exists()


def test_a_row_that_no_line_is_cannot_be_named(told: MemoryApi) -> None:
    lines = lines_of()
    delete_context(Context.objects.get(), now=timezone.now(), actor=LARDER)
    kept = [line for line in lines[1:-1] if json.loads(line)["table"] != "entity"]
    with pytest.raises(MemoryLinesInvalid, match="no line is"):
        load_context([lines[0], *kept, json.dumps({"rows": len(kept)})], now=timezone.now(), actor=LARDER)
    assert not Context.objects.exists()


def test_a_part_of_an_export_is_refused(told: MemoryApi) -> None:
    lines = lines_of()
    delete_context(Context.objects.get(), now=timezone.now(), actor=LARDER)
    with pytest.raises(MemoryLinesInvalid, match="broken off"):
        load_context(lines[:-1], now=timezone.now(), actor=LARDER)
    with pytest.raises(MemoryLinesInvalid, match="counts other rows"):
        load_context([*lines[:-2], lines[-1]], now=timezone.now(), actor=LARDER)
    with pytest.raises(MemoryLinesInvalid, match="Line 1"):
        load_context([], now=timezone.now(), actor=LARDER)
    assert not Context.objects.exists()


def test_a_context_that_is_there_is_not_written_over(told: MemoryApi) -> None:
    lines = lines_of()
    with pytest.raises(MemoryConflict):
        load_context(lines, now=timezone.now(), actor=LARDER)
    elsewhere = [json.dumps(json.loads(lines[0]) | {"context": "other"}), *lines[1:]]
    with pytest.raises(MemoryConflict, match="another context"):
        load_context(elsewhere, now=timezone.now(), actor=LARDER)
    assert Context.objects.count() == 1


def test_the_commands_do_the_same(told: MemoryApi, tmp_path: Path) -> None:
    out = StringIO()
    call_command("export_memory", "acme", stdout=out)
    file = tmp_path / "acme.jsonl"
    file.write_text(out.getvalue(), encoding="utf-8")
    delete_context(Context.objects.get(), now=timezone.now(), actor=LARDER)
    call_command("import_memory", str(file), stdout=StringIO())
    assert Turn.objects.count() == 4
    delete_context(Context.objects.get(), now=timezone.now(), actor=LARDER)
    call_command("import_memory", str(file), "--as", "elsewhere", stdout=out)
    assert Context.objects.get().pk == "elsewhere"
    assert Document.objects.filter(source="memory.elsewhere", deleted_at=None).exists()
    assert "Make keys for it" in out.getvalue()
    for command, argument in (
        ("export_memory", "nobody"),
        ("import_memory", str(tmp_path / "none")),
        ("import_memory", str(file)),
    ):
        with pytest.raises(CommandError):
            call_command(command, argument)


def test_an_export_of_the_store_leaves_memories_out(told: MemoryApi, tmp_path: Path) -> None:
    call_command("export", output=tmp_path / "store.jsonl", stderr=StringIO())
    assert "memory.acme" not in (tmp_path / "store.jsonl").read_text(encoding="utf-8")
