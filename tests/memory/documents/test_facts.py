"""What a model reads in documents becomes facts, which end with the document that alone said them."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from knowledge.embedding.vector_space import Space
from knowledge.models import Document
from memory.documents.facts import read_next_document
from memory.models import Context, ContextFile, Fact, FactState, Proof, SourceKind
from tests.memory.conftest import MemoryApi
from tests.memory.documents.conftest import part, send, text_file, upload
from tests.memory.extraction.played import attribute, entity, played, reply

pytestmark = pytest.mark.django_db
Process = Callable[[], None]
TEXT = "The Widget costs 29.99 and nobody knows why."
READ = reply(
    entities=[entity("Widget", "product", "knowledge")],
    attributes=[attribute("Widget", "price", "29.99", memory_category="knowledge", confidence=0.9)],
)


@pytest.fixture
def model(settings: Any) -> Iterator[Any]:
    with played(READ) as model:
        settings.MEMORY_MODEL_URL, settings.MEMORY_FAST_MODEL = model.server.url, "small"
        yield model


def read_all(now: datetime | None = None) -> int:
    done = 0
    while read_next_document(now=now or timezone.now(), ends_at=time.monotonic() + 30):
        done += 1
    return done


def current() -> list[str]:
    return list(Fact.objects.filter(state=FactState.CURRENT, ended_at=None).values_list("value", flat=True))


def test_a_ready_document_is_read_by_a_model(space: Space, memory: MemoryApi, process_all: Process, model: Any) -> None:
    told = upload(memory, text_file(TEXT)).json()
    process_all()
    assert memory("get", f"documents/{told['id']}").json()["status"] == "extracting_nodes"
    assert read_all() == 1
    assert memory("get", f"documents/{told['id']}").json()["status"] == "ready"
    fact = Fact.objects.get(key="price")
    assert (fact.value, fact.source_kind, fact.entity.name) == ("29.99", SourceKind.DOCUMENT, "Widget")
    assert fact.source_id == str(ContextFile.objects.get().pk)
    assert read_all() == 0


def test_without_a_model_nothing_is_read(space: Space, memory: MemoryApi, process_all: Process) -> None:
    told = upload(memory, text_file("Alice works at Acme.")).json()
    process_all()
    assert read_all() == 0
    assert memory("get", f"documents/{told['id']}").json()["status"] == "ready"
    assert not Fact.objects.exists()


def test_a_deleted_documents_facts_end_unless_somebody_else_says_so(
    space: Space, memory: MemoryApi, process_all: Process, model: Any, context: Context, now: datetime
) -> None:
    told = upload(memory, text_file(TEXT)).json()
    process_all()
    read_all()
    fact = Fact.objects.get(key="price")
    other = Fact.objects.create(
        context=context,
        scope_set=fact.scope_set,
        entity=fact.entity,
        key="colour",
        value="red",
        value_folded="red",
        single=False,
        category="knowledge",
        confidence=1,
        known_from=now,
        said_at=now,
        state=FactState.CURRENT,
        source_kind=SourceKind.DOCUMENT,
        source_id=fact.source_id,
    )
    Proof.objects.create(context=context, fact=other, source_kind="turn", source_id="t", said_at=now, known_at=now)
    assert memory("delete", f"documents/{told['id']}").status_code == 204
    assert current() == ["red"]
    fact.refresh_from_db()
    assert (fact.state, fact.ended_at is not None) == (FactState.CLOSED, True)
    assert not Document.objects.filter(key=f"fact/{fact.pk}", deleted_at=None).exists()


def test_other_bytes_end_what_the_former_ones_said(
    space: Space, memory: MemoryApi, process_all: Process, model: Any
) -> None:
    told = upload(memory, text_file(TEXT)).json()
    process_all()
    read_all()
    send(memory, "put", f"documents/{told['id']}", text_file("The Gadget is another thing altogether."))
    assert current() == []
    process_all()
    assert read_all() == 1
    assert current() == []


def test_a_further_scope_has_it_read_there(space: Space, memory: MemoryApi, process_all: Process, model: Any) -> None:
    upload(memory, text_file(TEXT), part("scope", b"org/acme"))
    process_all()
    read_all()
    upload(memory, text_file(TEXT), part("scope", b"org/beta"))
    assert read_all() == 1
    fact = Fact.objects.get(key="price", state=FactState.CURRENT)
    assert fact.scope_set.clauses == [["org/acme"], ["org/beta"]]
    assert Fact.objects.filter(key="price", state=FactState.CLOSED).count() == 1


def test_a_model_that_fails_is_asked_again_and_then_given_up(
    space: Space, memory: MemoryApi, process_all: Process, settings: Any
) -> None:
    with played("no JSON") as broken:
        settings.MEMORY_MODEL_URL, settings.MEMORY_FAST_MODEL = broken.server.url, "small"
        told = upload(memory, text_file(TEXT)).json()
        process_all()
        now = timezone.now()
        assert read_all(now) == 1
        assert ContextFile.objects.get().nodes_attempts == 1
        for _ in range(4):
            now += timedelta(hours=7)
            assert read_all(now) == 1
        assert read_all(now + timedelta(hours=7)) == 0
        assert memory("get", f"documents/{told['id']}").json()["status"] == "ready"
        assert memory("get", "documents?status=ready").json()["total"] == 1


def test_a_spent_budget_is_no_try(
    space: Space, memory: MemoryApi, process_all: Process, model: Any, context: Context
) -> None:
    Context.objects.update(token_limit=0)
    upload(memory, text_file(TEXT))
    process_all()
    read_all()
    document = ContextFile.objects.get()
    assert document.nodes_attempts == 0
    assert document.nodes_not_before is not None
    Context.objects.update(enforcement_blocked=True)
    assert read_all(timezone.now() + timedelta(days=40)) == 0
