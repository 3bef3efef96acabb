"""Random stores, asked while another process writes and catches up: whatever the index knows, the answer is right."""

import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from knowledge.embedding.vector_space import Space
from knowledge.models import Document
from knowledge.schemas import DocumentIn
from knowledge.search import Query
from knowledge.search.index.catching_up import catch_up
from knowledge.search.query import Candidate, Plan
from knowledge.search.scope import scope_of
from knowledge.search.vector import VectorSearch
from knowledge.tagexpr import parse_tags
from knowledge.writing.upsert import upsert_documents
from tests.knowledge.index.other_process import command_for

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = ("amber", "brook", "cedar", "delta", "ember", "fjord", "grove", "heath", "inlet", "jetty")
TAGS = (None, "a", "b", "a+b", "a|b", "a+b|c", "c+d", "nowhere")
STEPS = 60


class Played:
    """A store of the source `mine`, written to step by step, and of `still`, whose vectors others move in transactions
    that are held open for a while.
    """

    def __init__(self, seed: int, space: Space, now: datetime) -> None:
        self.chance, self.space, self.now = random.Random(seed), space, now
        self.open: list[psycopg.Connection[Any]] = []
        still = [self.document() for _ in range(12)]
        for number, item in enumerate(still):
            item.id, item.source, item.expires_at = str(number), "still", None
        upsert_documents(still, now=now, space=space)

    def step(self) -> None:
        chance = self.chance.random()
        if chance < 0.45:
            self.push()
        elif chance < 0.6:
            self.throw_away()
        elif chance < 0.7:
            self.hold_open()
        elif chance < 0.8:
            self.end_one()
        elif chance < 0.9:
            catch_up(self.space.model)
        self.now += timedelta(seconds=1)

    def push(self) -> None:
        items = [self.document() for _ in range(self.chance.randrange(1, 40))]
        upsert_documents(list({item.id: item for item in items}.values()), now=self.now, space=self.space)

    def document(self) -> DocumentIn:
        number = self.chance.randrange(300)
        content = " ".join(self.chance.choice(WORDS) for _ in range(4)) + f" {number}"
        expires = self.now + timedelta(seconds=self.chance.randrange(1, 40)) if self.chance.random() < 0.2 else None
        item = DocumentIn(id=f"d{number}", content=content, expires_at=expires)
        item.source, item.tags = "mine", sorted(self.chance.sample("abcd", self.chance.randrange(4)))
        return item

    def throw_away(self) -> None:
        some = Document.objects.filter(source="mine", key__in=[f"d{self.chance.randrange(300)}" for _ in range(20)])
        if self.chance.random() < 0.5:
            some.delete()
        else:
            some.update(deleted_at=self.now if self.chance.random() < 0.7 else None)

    def hold_open(self) -> None:
        """Somebody else moves a vector, and does not commit yet."""
        other = psycopg.connect(**connection.get_connection_params(), autocommit=False)
        other.execute(
            "UPDATE knowledge_passage SET vector = (SELECT vector FROM knowledge_passage ORDER BY id LIMIT 1), "
            "written_by = pg_current_xact_id() WHERE id IN (SELECT p.id FROM knowledge_passage p "
            "JOIN knowledge_document d ON d.id = p.document_id WHERE d.source = 'still' AND p.vector IS NOT NULL "
            "ORDER BY random() LIMIT 1 FOR UPDATE OF p SKIP LOCKED)"
        )
        self.open.append(other)

    def end_one(self) -> None:
        if self.open:
            ending = self.open.pop(self.chance.randrange(len(self.open)))
            if self.chance.random() < 0.3:
                ending.rollback()
            else:
                ending.commit()
            ending.close()

    def end_all(self) -> None:
        while self.open:
            self.end_one()

    def search(self) -> VectorSearch:
        """Of the sources that only this process writes to, so that there is one right answer."""
        query = Query(
            text="asked",
            sources=("mine", "still"),
            tags=parse_tags(self.chance.choice(TAGS)),
            top_k=self.chance.choice((1, 3, 10, 40, 400)),
            exclude_tags=self.chance.choice(((), (), ("d",))),
        )
        text = " ".join(self.chance.choice(WORDS) for _ in range(3))
        [vector] = self.space.embedder.embed([text])
        return VectorSearch(
            scope=scope_of(query, now=self.now), model=self.space.model, vector=vector, wanted=query.top_k
        )


@contextmanager
def another_process(seed: int, index_dir: Path) -> Iterator[None]:
    with subprocess.Popen(
        command_for(seed, index_dir), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "ready\n"
        yield
        assert process.poll() is None
        process.communicate("end\n", timeout=60)
    assert process.returncode == 0


@pytest.mark.parametrize("seed", range(4))
def test_every_answer_is_right_whatever_the_index_knows(
    space: Space, now: datetime, index_dir: Path, seed: int
) -> None:
    played = Played(seed, space, now)
    played.push()
    plans = set()
    try:
        with another_process(seed, index_dir):
            for _ in range(STEPS):
                played.step()
                search = played.search()
                plan, found = search.find()
                plans.add(plan)
                judge(search, found)
    finally:
        played.end_all()
    assert plans == {Plan.INDEX, Plan.EXACT} or plans == {Plan.INDEX}


def judge(search: VectorSearch, found: list[Candidate]) -> None:
    """Beside what exact finds of all documents: live, in scope, truly scored, in order, and as many as there are."""
    every = replace(search, wanted=1_000)._exact(bound=None)
    assert every is not None
    true = {each.document_id: each for each in every}
    assert len(found) == min(search.wanted, len(every))
    for each in found:
        assert each.score == pytest.approx(true[each.document_id].score, abs=1e-6)
        assert each.expires_at == true[each.document_id].expires_at
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    if search.wanted >= len(every):
        assert {each.document_id for each in found} == true.keys()
