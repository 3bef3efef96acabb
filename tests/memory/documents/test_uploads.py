"""Uploading documents: parts as bytes, in any order; the same again; other bytes."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import AuditEntry
from ingestion.models import Blob, File
from knowledge.embedding.vector_space import Space
from memory.models import Context, ContextFile
from tests.memory.conftest import MemoryApi, Speak
from tests.memory.documents.conftest import part, send, text_file, upload

pytestmark = pytest.mark.django_db
Process = Callable[[], None]


def metadata(**told: Any) -> bytes:
    return part("metadata", json.dumps(told).encode(), content_type="application/json")


def office() -> bytes:
    """Bytes that are no UTF-8 anywhere, of a kind that is known by its content."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", bytes(range(256)) * 8)
        archive.writestr("word/document.xml", "<w:document/>" * 400)
    return held.getvalue()


def test_an_upload_is_queued_and_tells_its_hash(space: Space, memory: MemoryApi) -> None:
    told = upload(memory, text_file("one"))
    assert told.status_code == 202
    answer = told.json()
    assert answer["id"].startswith("document:")
    assert "/" not in answer["id"]
    assert answer["status"] == "queued"
    assert answer["deduplicated"] is False
    assert answer["contentHash"] == answer["content_hash"]
    assert len(answer["contentHash"]) == 64


def test_a_file_without_a_name_keeps_every_byte(space: Space, memory: MemoryApi) -> None:
    body = office()
    with pytest.raises(UnicodeDecodeError):
        body.decode()
    told = upload(memory, part("file", body)).json()
    answer = memory("get", f"documents/{told['id']}/raw")
    assert answer.content == body
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    shown = memory("get", f"documents/{told['id']}").json()
    assert shown["mimeType"].endswith("wordprocessingml.document")
    assert shown["sizeBytes"] == len(body)


@pytest.mark.parametrize("turned", [False, True])
def test_parts_come_in_any_order(space: Space, memory: MemoryApi, turned: bool) -> None:
    parts = [metadata(title="Returns", source="shop", labels=["team=red"], observedAt="2026-01-02T03:04:05Z")]
    parts.append(text_file())
    told = upload(memory, *(reversed(parts) if turned else parts)).json()
    shown = memory("get", f"documents/{told['id']}").json()
    assert (shown["title"], shown["source"], shown["labels"]) == ("Returns", "shop", ["team=red"])
    assert shown["observedAt"] == "2026-01-02T03:04:05Z"


def test_the_older_parts_say_the_same(space: Space, memory: MemoryApi) -> None:
    scope = part("scope", json.dumps({"user": "alice", "org": "acme"}).encode())
    told = upload(memory, text_file(), part("title", b"R"), part("profile", b"text_only"), scope, path="knowledge")
    shown = memory("get", f"knowledge/{told.json()['id']}").json()
    assert shown["title"] == "R"
    assert shown["scopes"] == [["org/acme/user/alice"]]
    assert shown["profile"] == "text_only"


@pytest.mark.parametrize("told", [{"mimeType": "text/markdown"}, {"mime_type": "text/markdown"}])
def test_a_type_in_the_metadata_goes_before_the_parts_own(
    space: Space, memory: MemoryApi, told: dict[str, str]
) -> None:
    answer = upload(memory, metadata(**told), part("file", b"# T\n\nwords", content_type="text/plain"))
    assert memory("get", f"documents/{answer.json()['id']}").json()["mimeType"] == "text/markdown"


@pytest.mark.parametrize(
    "parts",
    [
        [part("other", b"x")],
        [part("metadata", b"{")],
        [part("metadata", b"[1]"), text_file()],
        [metadata(scopes=["a//b"]), text_file()],
        [metadata(labels=["_x=1"]), text_file()],
        [metadata(labels=["bare"]), text_file()],
        [metadata(title=3), text_file()],
        [metadata(observedAt="yesterday"), text_file()],
        [part("title", b"\xff"), text_file()],
        [part("file", b"", filename="empty.txt")],
    ],
)
def test_what_is_malformed_is_told_and_nothing_is_kept(space: Space, memory: MemoryApi, parts: list[bytes]) -> None:
    answer = upload(memory, *parts)
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["message"]
    assert not File.objects.exists()
    assert not Blob.objects.exists()


def test_what_is_no_form_is_refused(space: Space, memory: MemoryApi) -> None:
    assert memory("post", "documents", {"file": "x"}).status_code == 400
    assert memory("post", "documents").status_code == 400


def test_what_cannot_be_read_is_refused_and_what_is_too_large_too(
    space: Space, memory: MemoryApi, settings: Any
) -> None:
    assert upload(memory, part("file", b"\x89PNG\r\n\x1a\n" + bytes(64))).status_code == 415
    settings.MAX_FILING_BYTES = 100
    assert upload(memory, text_file("x" * 101)).status_code == 413
    assert upload(memory, part("file", b"y" * 100)).status_code == 202


def test_a_part_that_is_no_file_has_a_limit(space: Space, memory: MemoryApi) -> None:
    assert upload(memory, part("metadata", b" " * 70_000), text_file()).status_code == 413
    assert upload(memory, *[part(f"p{n}", b"x") for n in range(60)], text_file()).status_code == 413


def test_the_same_bytes_are_one_document_whatever_their_name(
    space: Space, memory: MemoryApi, process_all: Process
) -> None:
    first = upload(memory, text_file("same", "a.txt")).json()
    process_all()
    again = upload(memory, text_file("same", "b.txt")).json()
    assert again == first | {"status": "ready", "deduplicated": True}
    assert File.objects.count() == 1
    assert not process_waits()


def process_waits() -> bool:
    return File.objects.filter(state="queued").exists()


def test_another_scope_is_added_and_audited(
    space: Space, memory: MemoryApi, process_all: Process, agent: Speak, context: Context
) -> None:
    first = upload(memory, text_file("walruses"), metadata(scopes=["org/acme/user/alice"])).json()
    process_all()
    bob = agent({"memory:read": ["org/acme/user/bob"], "memory:write": ["org/acme/user/bob"]})
    question = {"query": "walruses", "mode": "bm25"}
    assert bob("get", f"documents/{first['id']}").status_code == 404
    assert bob("post", "documents/query", question).json()["results"] == []
    assert upload(bob, text_file("walruses", "mine.txt")).json() == first | {"status": "ready", "deduplicated": True}
    shown = bob("get", f"documents/{first['id']}").json()
    assert shown["scopes"] == [["org/acme/user/bob"]]
    assert memory("get", f"documents/{first['id']}").json()["scopes"] == [
        ["org/acme/user/alice"],
        ["org/acme/user/bob"],
    ]
    assert len(bob("post", "documents/query", question).json()["results"]) == 1
    entry = AuditEntry.objects.get(verb="memory.document.scope")
    assert entry.object == context.source
    assert entry.after == {"document": first["id"], "scopes": [["org/acme/user/bob"]]}


def test_one_that_failed_is_tried_again(space: Space, memory: MemoryApi, process_all: Process) -> None:
    broken = part("file", b"%PDF-1.4 nothing", filename="a.pdf")
    told = upload(memory, broken).json()
    process_all()
    shown = memory("get", f"documents/{told['id']}").json()
    assert shown["status"] == "failed"
    assert shown["errorKind"] == "permanent"
    assert shown["error"]
    again = upload(memory, broken).json()
    assert (again["id"], again["status"], again["deduplicated"]) == (told["id"], "queued", True)


def test_a_put_without_a_body_processes_it_again(space: Space, memory: MemoryApi, process_all: Process) -> None:
    told = upload(memory, text_file()).json()
    process_all()
    again = memory("put", f"documents/{told['id']}")
    assert again.status_code == 202
    assert again.json()["status"] == "queued"
    process_all()
    shown = memory("get", f"documents/{told['id']}").json()
    assert shown["status"] == "ready"
    assert shown["version"] == 1


def test_a_put_with_other_bytes_is_the_next_version(space: Space, memory: MemoryApi, process_all: Process) -> None:
    told = upload(memory, text_file("Old words about walruses.")).json()
    process_all()
    path = f"documents/{told['id']}"
    changed = send(memory, "put", path, part("file", b"# New\n\nwords about giraffes", filename="n.md"))
    assert changed.status_code == 202
    assert changed.json()["contentHash"] != told["contentHash"]
    process_all()
    shown = memory("get", path).json()
    assert (shown["version"], shown["status"], shown["filename"]) == (2, "ready", "n.md")
    assert memory("get", f"{path}/raw").content.startswith(b"# New")
    assert Blob.objects.count() == 1
    ask = {"mode": "bm25", "filter": {"mimeType": "text/markdown"}}
    assert memory("post", "documents/query", ask | {"query": "walruses"}).json()["results"] == []
    assert len(memory("post", "documents/query", ask | {"query": "giraffes"}).json()["results"]) == 1


def test_a_put_with_its_own_bytes_does_nothing(space: Space, memory: MemoryApi, process_all: Process) -> None:
    told = upload(memory, text_file("same")).json()
    process_all()
    again = send(memory, "put", f"documents/{told['id']}", text_file("same")).json()
    assert again["deduplicated"] is True
    assert again["status"] == "ready"
    assert ContextFile.objects.get().version == 1


def test_a_put_does_not_move_it(space: Space, memory: MemoryApi) -> None:
    told = upload(memory, text_file()).json()
    answer = send(memory, "put", f"documents/{told['id']}", text_file("other"), metadata(scopes=["org/acme"]))
    assert answer.status_code == 400


def test_what_is_deleted_is_gone_with_its_bytes_and_can_come_again(
    space: Space, memory: MemoryApi, process_all: Process
) -> None:
    told = upload(memory, text_file()).json()
    process_all()
    assert memory("delete", f"documents/{told['id']}").status_code == 204
    assert not Blob.objects.exists()
    for path in ("", "/raw", "/chunks", "/keywords"):
        assert memory("get", f"documents/{told['id']}{path}").status_code == 404
    assert memory("delete", f"documents/{told['id']}").status_code == 404
    assert upload(memory, text_file()).json()["id"] != told["id"]


def test_a_neighbour_sees_nothing(space: Space, agent: Speak, memory: MemoryApi, neighbour: Context) -> None:
    told = upload(memory, text_file()).json()
    theirs = agent(context=neighbour)
    assert theirs("get", "documents").json()["documents"] == []
    for method, path in [("get", ""), ("put", ""), ("delete", ""), ("get", "/raw"), ("get", "/chunks")]:
        assert theirs(method, f"documents/{told['id']}{path}").status_code == 404
    assert upload(theirs, text_file()).json()["deduplicated"] is False
    stranger = agent(context=neighbour).at("acme")
    assert stranger("get", f"documents/{told['id']}").status_code == 401
    assert upload(stranger, text_file()).status_code == 401


def test_a_place_that_may_not_be_written_is_403(space: Space, agent: Speak) -> None:
    bob = agent({"memory:read": ["org/*"], "memory:write": ["org/acme"]})
    assert upload(bob, text_file(), metadata(scopes=["org/other"])).status_code == 403
    assert upload(agent({"memory:read": ["org/*"]}), text_file()).status_code == 403
    told = upload(agent(), text_file(), metadata(scopes=["org/other"])).json()
    assert bob("put", f"documents/{told['id']}").status_code == 403


def test_who_deletes_what_others_have_too_takes_it_from_their_own_places(
    space: Space, memory: MemoryApi, process_all: Process, agent: Speak, context: Context
) -> None:
    verbs = ("memory:read", "memory:write", "memory:forget")
    alice, bob = (agent({verb: [f"org/acme/user/{name}"] for verb in verbs}) for name in ("alice", "bob"))
    told = upload(alice, text_file("walruses")).json()
    upload(bob, text_file("walruses"))
    process_all()
    assert memory("put", f"documents/{told['id']}", {"scopes": ["org/x"]}).status_code == 400
    assert alice("put", f"documents/{told['id']}").status_code == 403
    assert alice("delete", f"documents/{told['id']}").status_code == 204
    assert alice("get", f"documents/{told['id']}").status_code == 404
    assert alice("post", "documents/query", {"query": "walruses"}).json()["results"] == []
    assert bob("get", f"documents/{told['id']}/raw").content == b"walruses"
    assert len(bob("post", "documents/query", {"query": "walruses"}).json()["results"]) == 1
    reader = agent({"memory:read": ["org/acme/user/bob"], "memory:forget": ["org/else"]})
    assert reader("delete", f"documents/{told['id']}").status_code == 403
    assert bob("delete", f"documents/{told['id']}").status_code == 204
    assert not Blob.objects.exists()


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=", "multipart/mixed"])
def test_a_form_without_a_boundary_is_told(space: Space, memory: MemoryApi, content_type: str) -> None:
    path = f"{memory.base}/documents"
    answer = memory.client.generic("POST", path, b"--x", content_type=content_type, headers=memory.headers)
    assert answer.status_code == 400
    assert answer.json()["message"]


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ('filename="\u00e9t\u00e9.txt"', "\u00e9t\u00e9.txt"),
        ("filename*=utf-8''%C3%A9.txt", "\u00e9.txt"),
        ('filename=""', None),
    ],
)
def test_names_come_in_any_letters(space: Space, memory: MemoryApi, head: str, name: str | None) -> None:
    body = f'--limit\r\nContent-Disposition: form-data; name="file"; {head}\r\n\r\nwords\r\n--limit--\r\n'.encode()
    content_type = "multipart/form-data; boundary=limit"
    path = f"{memory.base}/documents"
    told = memory.client.generic("POST", path, body, content_type=content_type, headers=memory.headers).json()
    assert memory("get", f"documents/{told['id']}").json()["filename"] == name
