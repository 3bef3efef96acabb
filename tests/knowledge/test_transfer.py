"""Out and in again: an archive holds what the store held, and reading it needs no embedder."""

import io
import json
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from knowledge.embedding.vector_space import Space, active_model
from knowledge.models import Change, Document, EmbeddingModel, Passage
from knowledge.run_counts import Counts
from knowledge.transfer import export, load
from knowledge.transfer.checkpoint import Checkpoint
from knowledge.transfer.lines import LineInvalid, read_document, read_header
from tests.embedding import HashingEmbedder

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def filled(push: Callable[..., Counts], now: datetime) -> int:
    """Documents of every kind, one of them of several passages, one expired, one deleted."""
    push(*({"id": f"page/{n:02}", "content": f"plain text {n}", "tags": ["a", f"n{n}"]} for n in range(30)))
    push(
        {"id": "long", "content": "many words " * 900, "metadata": {"deep": [{"ü": "ß"}, None, 1.5]}, "source": "hr"},
        {"id": "späť ☃\u2028", "content": 'line\nbreak\u2028 and "quotes"', "updated_at": now, "source": "hr"},
        {"id": "term", "content": "for a while", "expires_at": now + timedelta(days=1), "source": "hr"},
        at=now - timedelta(days=3),
    )
    push({"id": "over", "content": "expired", "expires_at": now - timedelta(days=1)})
    push({"id": "gone", "content": "deleted", "source": "old"})
    push(whole_set_of="old")
    return 33


def wipe() -> None:
    Passage.objects.all().delete()
    Document.objects.all().delete()
    Change.objects.all().delete()


def test_what_was_exported_comes_back_exactly_and_without_an_embedder(
    filled: int, tmp_path: Path, embedder: HashingEmbedder, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    call_command("export", "--vectors", "--output", str(first))
    wipe()
    EmbeddingModel.objects.all().delete()
    calls, embedder.available = embedder.calls, False
    call_command("import", str(first))
    assert f"{filled} documents: {filled} created" in capsys.readouterr().out
    call_command("export", "--vectors", "--output", str(second))
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes().count(b"\n") == filled + 1
    assert embedder.calls == calls
    assert not Passage.objects.waiting().exists()
    assert not list(tmp_path.glob("*.p*"))


def test_importing_twice_changes_nothing(filled: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "out.jsonl"
    call_command("export", "--output", str(file))
    before = Change.objects.count()
    call_command("import", str(file))
    assert f"{filled} unchanged" in capsys.readouterr().out
    assert Change.objects.count() == before


def test_without_vectors_the_texts_wait_for_a_worker(
    filled: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "out.jsonl"
    call_command("export", "--output", str(file))
    wipe()
    call_command("import", str(file))
    assert f"{filled} of them wait for their vectors" in capsys.readouterr().out
    assert Passage.objects.waiting().count() == Passage.objects.count() > filled


def test_one_source_can_be_exported_to_standard_output(filled: int, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    call_command("export", "--source", "hr")
    lines = [json.loads(line) for line in capsysbinary.readouterr().out.decode().split("\n") if line]
    assert lines[0] == {"larder": 1, "source": "hr", "model": None}
    assert [line["id"] for line in lines[1:]] == ["long", "späť ☃\u2028", "term"]
    assert "passages" not in lines[1]


def test_an_export_that_broke_off_is_resumed_to_the_same_file(
    filled: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "CHUNK", 4)
    whole, file = tmp_path / "whole.jsonl", tmp_path / "file.jsonl"
    call_command("export", "--vectors", "--output", str(whole))
    part = tmp_path / "file.jsonl.part"
    part.write_bytes(whole.read_bytes()[:9_000])
    call_command("export", "--vectors", "--resume", "--output", str(file))
    assert file.read_bytes() == whole.read_bytes()
    assert not part.exists()


def test_an_export_with_other_options_is_not_resumed(filled: int, tmp_path: Path) -> None:
    file = tmp_path / "file.jsonl"
    (tmp_path / "file.jsonl.part").write_bytes(b'{"larder":1,"source":"hr","model":null}\n')
    with pytest.raises(CommandError, match="other options"):
        call_command("export", "--resume", "--output", str(file))
    assert not file.exists()


def test_an_import_that_broke_off_goes_on_where_it_stopped(
    filled: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(load, "BATCH", 10)
    file = tmp_path / "out.jsonl"
    call_command("export", "--vectors", "--output", str(file))
    wipe()
    good = file.read_bytes()
    lines = good.splitlines(keepends=True)
    file.write_bytes(b"".join([*lines[:25], b"!" * (len(lines[25]) - 1) + b"\n", *lines[26:]]))
    with pytest.raises(CommandError, match=r"Line 26: this is no JSON. Everything up to line 21 is stored"):
        call_command("import", str(file))
    assert Document.objects.count() == 20
    file.write_bytes(good)
    capsys.readouterr()
    call_command("import", "--resume", str(file))
    assert "13 documents: 13 created" in capsys.readouterr().out
    assert Document.objects.count() == filled
    assert Checkpoint(file, header=lines[0]).read() is None


def test_keeping_on_leaves_bad_lines_out_and_names_them(filled: int, tmp_path: Path) -> None:
    file = tmp_path / "out.jsonl"
    call_command("export", "--output", str(file))
    wipe()
    lines = file.read_bytes().splitlines(keepends=True)
    lines[3] = b'{"source":"hr","id":"x","content":" "}\n'
    lines[5] = b"[]\n"
    file.write_bytes(b"".join(lines))
    with pytest.raises(CommandError, match=r"2 lines were left out:\nline 4: content: is blank\nline 6: "):
        call_command("import", "--keep-going", str(file))
    assert Document.objects.count() == filled - 2


def test_vectors_of_another_model_are_left_out(filled: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "out.jsonl"
    call_command("export", "--vectors", "--output", str(file))
    wipe()
    file.write_bytes(file.read_bytes().replace(b"test:hashing", b"test:another", 1))
    call_command("import", str(file))
    assert "they are left out" in capsys.readouterr().err
    assert Passage.objects.waiting().count() == Passage.objects.count()


def test_an_id_that_stands_twice_ends_as_the_later_line_says(space: Space, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    lines = ['{"larder":1}', *(f'{{"source":"s","id":"a","content":"version {n}"}}' for n in range(3))]
    file.write_text("\n".join(lines))
    call_command("import", str(file))
    assert Document.objects.get().content == "version 2"


def test_stamps_come_back_where_a_document_is_created(filled: int, tmp_path: Path) -> None:
    file = tmp_path / "out.jsonl"
    call_command("export", "--source", "hr", "--output", str(file))
    before = Document.objects.get(key="long")
    wipe()
    call_command("import", str(file))
    after = Document.objects.get(key="long")
    assert (after.created_at, after.stored_at) == (before.created_at, before.stored_at)
    assert before.stored_at < timezone.now() - timedelta(days=2)


@pytest.mark.parametrize("text", ["", "{}", "nonsense", '{"larder":2}', '{"larder":1,"model":5}', '["larder"]'])
def test_a_file_that_is_no_archive_is_refused(space: Space, tmp_path: Path, text: str) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text(text)
    with pytest.raises(CommandError):
        call_command("import", str(file))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import", str(tmp_path / "nothing"))


DOCUMENT = {"source": "s", "id": "a", "content": "text"}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "no JSON"),
        (b"5", "the line"),
        (json.dumps(DOCUMENT | {"source": ""}).encode(), "source: is blank"),
        (json.dumps(DOCUMENT | {"id": "a\x00"}).encode(), "id: holds a control character"),
        (json.dumps(DOCUMENT | {"created_at": "yesterday"}).encode(), "created_at"),
        (
            json.dumps(DOCUMENT | {"passages": [{"start": 2, "end": 9, "vector": ""}]}).encode(),
            "outside of the content",
        ),
        (json.dumps(DOCUMENT | {"passages": [{"start": 0, "end": 4, "vector": "!"}]}).encode(), "no base64"),
        (
            json.dumps(DOCUMENT | {"passages": [{"start": 0, "end": 4, "vector": "AAAA"}]}).encode(),
            "no base64 of half|has",
        ),
        (json.dumps(DOCUMENT | {"passages": [{"start": 0, "end": 4, "vector": "AAAAAA=="}]}).encode(), "is zero"),
        (json.dumps(DOCUMENT | {"passages": [{"start": 0, "end": 4, "vector": "AH4AfA=="}]}).encode(), "not finite"),
    ],
)
def test_a_line_that_cannot_be_taken_in_says_why(line: bytes, reason: str) -> None:
    with pytest.raises(LineInvalid, match=reason):
        read_document(line, dimensions=2)


def test_an_export_shows_one_moment_whatever_is_written_meanwhile(
    filled: int, push: Callable[..., Counts], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "CHUNK", 5)
    out, model = io.BytesIO(), active_model()

    def write(done: int) -> None:
        thread = threading.Thread(target=lambda: (push({"id": "page/29", "content": "changed"}), connection.close()))
        thread.start()
        thread.join()

    header = export.header_of(source=None, model=model)
    assert export.export_documents(out, now=now, header=header, model=model, report=write) == filled
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert read_header(out.getvalue().splitlines()[0]).dimensions == 64
    assert next(line for line in lines if line.get("id") == "page/29")["content"] == "plain text 29"
    assert all(line["passages"] for line in lines[1:])
    assert Document.objects.get(key="page/29").content == "changed"
