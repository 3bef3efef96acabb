"""The addresses that are measured: each page and fragment of `dashboard.urls`, and what else can be asked of it."""

import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from bench.compare.corpus import word_by

USER = "bench"
SOURCE, KEY = "bench-42", "note:42"
STREAMED = ("documents-export", "audit-export", "runs-csv")
"""Whole lists as files, as long as the list: what is measured is the way to the first rows."""
FIRST_ROWS = 1_000
"""Bytes of a streamed list that are waited for."""
BY_ID = urlencode({"source": SOURCE, "id": KEY})


def pages() -> Iterator[tuple[str, str]]:
    """Name and address of each page and fragment, and of what else can be asked of it."""
    from django.urls import URLPattern, reverse

    from dashboard.urls import urlpatterns

    examples = find_examples()
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        name = str(pattern.name)
        address = reverse(name, kwargs={each: examples[each] for each in pattern.pattern.converters})
        if name in ("document-by-id", "document-delete", "neighbours"):
            address += f"?{BY_ID}"
        yield f"{name}, first rows" if name in STREAMED else name, address
        for variant, asked in variants().get(name, {}).items():
            yield f"{name}, {variant}", f"{address}?{urlencode(asked)}"
    for of_run in ("run", "run-live"):
        yield f"{of_run}, the largest", reverse(of_run, args=[examples["largest_run"]])
        asked = {"cursor": examples["deep_change"]}
        yield f"{of_run}, deep", f"{reverse(of_run, args=[examples['largest_run']])}?{urlencode(asked)}"
    yield "held-deletion, the largest", reverse("held-deletion", args=[examples["largest_held"]])


def find_examples() -> dict[str, Any]:
    """For each name in an address one thing of the store; others to look at more closely."""
    from django.contrib.auth import get_user_model

    from accounts.models import AccessKey
    from ingestion.models import File
    from knowledge.browsing.history import OF_RUN
    from knowledge.models import Change, EmbeddingModel, HeldDeletion
    from providers.alerts.models import AlertChannel
    from providers.models import SyncRun

    runs = SyncRun.objects.filter(state="succeeded").newest_first()
    largest = Change.objects.order_by("pk").values_list("run", flat=True)[0]
    of_largest = Change.objects.filter(run=largest)
    held = HeldDeletion.objects.filter(state="pending")
    return {
        "provider_id": SOURCE,
        "source": SOURCE,
        "key": KEY,
        "name": "collection 0",
        "file_id": File.objects.filter(state="done").newest_first()[100].pk,
        "model_id": EmbeddingModel.objects.get(state="active").pk,
        "user_id": get_user_model().objects.get(username=USER).pk,
        "run_id": runs[100].pk,
        "key_id": AccessKey.objects.filter(revoked_at=None)[0].pk,
        "channel_id": AlertChannel.objects.all()[0].pk,
        "held_id": held.order_by("count")[0].pk,
        "largest_held": held.order_by("-count")[0].pk,
        "largest_run": largest,
        "deep_change": halfway(of_largest, OF_RUN),
    }


def variants() -> dict[str, dict[str, dict[str, str]]]:
    """Filters and deep places, by the name of the page."""
    return {"knowledge": browsed() | asked()} | of_documents() | of_administration()


def browsed() -> dict[str, dict[str, str]]:
    from knowledge.browsing.lists import KEYSETS, Order
    from knowledge.models import Document

    return {
        "deep": {"cursor": halfway(Document.objects.filter(deleted_at=None), KEYSETS[Order.STORED])},
        "next to expire": {"sort": "expires"},
        "of a source": {"source": SOURCE},
        "of a source, next to expire": {"source": SOURCE, "sort": "expires"},
        "of a source, by id": {"source": SOURCE, "sort": "id"},
        "tagged 1 %": {"tags": "hundredth"},
        "tagged 1 %, next to expire": {"tags": "hundredth", "sort": "expires"},
        "tagged 50 %, by id": {"tags": "half", "sort": "id"},
        "one id": {"q": "note:424242"},
        "tagged with nothing": {"tags": "nowhere"},
        "with words": {"q": "[424242]"},
        "with no such words": {"q": "nowhere to be found"},
        "with words, of a source": {"q": "[424042]", "source": SOURCE},
        "with a text": {"q": '"[999"'},
        "with a text that is nowhere": {"q": '"nowhere to be found"'},
        "with a text, of a source": {"q": '"424042"', "source": SOURCE},
        "with a text, tagged 1 %": {"q": '"nowhere to be found"', "tags": "hundredth"},
    }


def asked() -> dict[str, dict[str, str]]:
    question = {"text": f"{question_words()} [1000007]", "top_k": "10", "min_score": "0"}
    return {
        "asked": question,
        "asked under a tag": {**question, "tags": "thousandth"},
        "asked by keyword": {**question, "mode": "keyword"},
        "asked by both": {**question, "mode": "hybrid"},
        "asked for diverse": {**question, "strategy": "diverse"},
    }


def of_documents() -> dict[str, dict[str, dict[str, str]]]:
    from ingestion.models import File
    from ingestion.querysets import FILES
    from knowledge.browsing.lists import KEYSETS, Order
    from knowledge.models import Document

    return {
        "documents-export": {"first rows, of a source": {"source": SOURCE}},
        "documents-delete": {
            "all tagged 1 %": {"tags": "hundredth", "all": "1"},
            "all of a source": {"source": SOURCE, "all": "1"},
        },
        "files": {
            "deep": {"cursor": halfway(File.objects.all(), FILES)},
            "of a collection": {"collection": "collection 0"},
            "of a small collection": {"collection": "collection 7"},
            "failed": {"state": "failed"},
            "failed of a collection": {"collection": "collection 7", "state": "failed"},
            "flagged": {"flag": "hidden-text"},
            "flagged with nothing": {"flag": "chat-template"},
        },
        "trash": {
            "deep": {"cursor": halfway(Document.objects.in_trash(), KEYSETS[Order.DELETED])},
            "with words": {"q": "number 1234"},
            "with no such words": {"q": "nowhere to be found"},
            "with a text that is nowhere": {"q": '"nowhere to be found"'},
        },
    }


def of_administration() -> dict[str, dict[str, dict[str, str]]]:
    from accounts.audit import NEWEST as NEWEST_ENTRIES
    from accounts.models import AuditEntry
    from providers.alerts.history import NEWEST as NEWEST_ALERTS
    from providers.alerts.models import Alert
    from providers.models import Provider, SyncRun
    from providers.querysets import PROVIDERS, RUNS

    one = AuditEntry.objects.order_by("pk")[0]
    return {
        "providers": {
            "deep": {"after": halfway(Provider.objects.all(), PROVIDERS)},
            "matching": {"q": "99"},
            "matching nothing": {"q": "nowhere"},
        },
        "provider": {"deep": {"cursor": halfway(SyncRun.objects.filter(provider=SOURCE), RUNS)}},
        "audit": {
            "deep": {"cursor": halfway(AuditEntry.objects.all(), NEWEST_ENTRIES)},
            "by actor": {"actor": one.actor},
            "by verb": {"verb": one.verb},
            "by family": {"verb": "document"},
            "by actor and object": {"actor": one.actor, "object": one.object},
            "by nobody": {"actor": "nobody"},
        },
        "alerts": {"deep": {"cursor": halfway(Alert.objects.all(), NEWEST_ALERTS)}},
        "schedule-preview": {"typed": {"sync_schedule": "*/5 * * * *", "timezone": "Europe/Riga"}},
    }


def halfway(rows: Any, keyset: Any) -> str:
    """The cursor of a page in the middle, or after a hundred thousand."""
    ordered = keyset.follow(rows)
    return str(keyset.write(ordered[min(100_000, ordered.count() // 2)]))


def question_words() -> str:
    chance = random.Random(7)
    return " ".join(word_by(chance) for _ in range(4))
