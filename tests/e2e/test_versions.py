"""Another version of Larder beside this one, as while one replaces the next: its messages, and its migrations."""

from collections.abc import Iterator

import psycopg
import pytest
from celery import Celery

from tests.e2e.conftest import wait_for
from tests.e2e.pages import sign_in
from tests.e2e.stack import PROVIDERS, Stack
from tests.e2e.test_clock import Held
from tests.providers.scripted import provider

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
KNOWLEDGE = "/api/v1/knowledge"
SYNC = "providers.tasks.sync_provider"
NOTIFIED = "UPDATE providers_syncrun SET notified_at = now() WHERE id = %s AND state = 'queued'"
NEWER = (
    "INSERT INTO django_migrations (app, name, applied) VALUES ('knowledge', '0990_newer', now())",
    "ALTER TABLE knowledge_document ADD COLUMN newer text NOT NULL DEFAULT ''",
    "ALTER TABLE knowledge_document ALTER COLUMN newer DROP DEFAULT",
)
OLDER = (
    "ALTER TABLE knowledge_document DROP COLUMN newer",
    "DELETE FROM django_migrations WHERE app = 'knowledge' AND name = '0990_newer'",
)


def test_messages_of_another_version_are_told_and_lose_no_run(stack: Stack) -> None:
    mark, script, worker = len(stack.larder.log()), Held(), stack.process("celery", " worker ")
    queue = Celery(broker=stack.redis_url, set_as_current=False)
    with provider(script) as served:
        stack.register("versions", f"{served.url}/versions")
        for words in ([], ["one", "two"]):
            queue.send_task(SYNC, words, queue="syncs")
        queue.send_task("providers.tasks.of_the_future", ["4711"], queue="celery")
        with queue.connection_for_write() as connection, connection.Producer() as producer:
            producer.publish(b"?", routing_key="filing", content_type="application/newer", content_encoding="binary")
            producer.publish({"neither": "task", "nor": "id"}, routing_key="filing", serializer="json")
        run = stack.sync("versions")
        queue.send_task(SYNC, [run["id"], "and what a newer version says"], queue="syncs")
        assert stack.ended("versions", run["id"])["state"] == "succeeded"

    def told() -> bool:
        said = "\n".join(stack.log_since(mark))
        others = ("of_the_future", "Can't decode message body", "unknown message")
        return said.count(f"left out, {SYNC}") == 3 and all(each in said for each in others)

    wait_for(told, what=stack.larder.log)
    assert script.calls == ["versions"]
    assert stack.process("celery", " worker ") == worker
    said = stack.log_since(mark)
    assert not [line for line in said if "Traceback" in line], "\n".join(said)
    stack.admin.delete(f"{PROVIDERS}/versions")


@pytest.fixture
def newer(stack: Stack) -> Iterator[None]:
    """A newer version has migrated the database: a column must have a value that this one does not give."""
    with psycopg.connect(stack.database_url, autocommit=True) as database:
        for statement in NEWER:
            database.execute(statement)
        yield
        for statement in OLDER:
            database.execute(statement)


def test_an_old_process_above_a_newer_database_answers_what_it_can_and_says_the_rest(stack: Stack, newer: None) -> None:
    mark = len(stack.larder.log())
    document = {"id": "old", "source": "versions", "content": "The porter is of the old school."}
    push = {"documents": [document]}
    with sign_in(stack.larder.url) as pages:
        assert pages.get("/").status_code == 200
    asked = {"text": "the porter", "mode": "keyword"}
    assert stack.admin.post(f"{KNOWLEDGE}/query", json=asked).status_code == 200
    refused = stack.admin.post(f"{KNOWLEDGE}/bulk-upsert", json=push)
    assert (refused.status_code, refused.json()["code"]) == (503, "database_unavailable")
    assert "of a newer version of Larder than this process" in refused.json()["detail"]
    listed = stack.admin.get(f"{KNOWLEDGE}/documents", params={"source": "versions"})
    assert listed.json()["documents"] == [], "nothing was stored"
    said = stack.log_since(mark)
    assert not [line for line in said if "Traceback" in line], "\n".join(said)
