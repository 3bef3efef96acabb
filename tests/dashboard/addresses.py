"""Every address of the pages, filled in with things that exist; a new page joins every test of addresses by itself."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, reverse

from accounts.models import AccessKey, User
from dashboard.urls import urlpatterns
from ingestion.models import File
from knowledge.models import EmbeddingModel, HeldDeletion
from memory.models import Entity, Instruction, Turn, Uncertainty
from providers.alerts.models import AlertChannel
from providers.models import SyncRun

OF_THE_DOCUMENT = {"document-by-id", "document-delete", "document-restore", "neighbours"}
OPEN_TO_ALL = {"login", "logout"}
VIEWERS_OWN = {"logout", "account"}
"""What a viewer may send: it changes nothing but what is their own."""
NAMES = [str(each.name) for each in urlpatterns if isinstance(each, URLPattern)]
GUARDED = [name for name in NAMES if name not in OPEN_TO_ALL]

EXAMPLES: dict[str, Callable[[], Any]] = {
    "provider_id": lambda: "wiki",
    "key_id": lambda: AccessKey.objects.latest("created_at").pk,
    "channel_id": lambda: AlertChannel.objects.get().pk,
    "run_id": lambda: SyncRun.objects.get().pk,
    "held_id": lambda: HeldDeletion.objects.get().pk,
    "user_id": lambda: User.objects.get(username="grace").pk,
    "file_id": lambda: File.objects.get().pk,
    "name": lambda: "documents",
    "context_id": lambda: "acme",
    "entity_id": lambda: Entity.objects.get(is_self=True).pk,
    "turn_id": lambda: Turn.objects.earliest("seq").pk,
    "instruction_id": lambda: Instruction.objects.get().pk,
    "uncertainty_id": lambda: Uncertainty.objects.earliest("created_at").pk,
    "model_id": lambda: EmbeddingModel.objects.get().pk,
    "source": lambda: "wiki",
    "key": lambda: "a",
}
"""For each name in an address, one thing that the fixture `something` made."""


def address_of(name: str) -> str:
    (pattern,) = (each for each in urlpatterns if each.name == name)
    path = reverse(name, kwargs={each: EXAMPLES[each]() for each in pattern.pattern.converters})
    return path + "?source=wiki&id=a" if name in OF_THE_DOCUMENT else path
