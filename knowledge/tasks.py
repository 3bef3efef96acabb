"""The store's background work. Every task may be lost or run twice; beat's next tick makes up for it."""

import logging
from threading import Lock

from celery import shared_task
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.audit import purge_audit
from accounts.sign_in_limits import forget_rate_limits
from accounts.users import forget_sessions
from core.queue import notify
from knowledge.deleting.trash import forget_replaced, purge_changes, purge_trash
from knowledge.deleting.trash import sweep_expired as sweep
from knowledge.embedding.embedders.base import EmbedderUnavailable
from knowledge.embedding.index_build import build_index_if_free, drop_index, graph_is_left
from knowledge.embedding.model_change import finish_drop, progress_of
from knowledge.embedding.pending import embed_pending as embed_waiting
from knowledge.filter_keys.building import build_filter_keys
from knowledge.models import EmbeddingModel
from knowledge.search.qdrant.status import end_forgotten_feed
from knowledge.writing.replace import forget_replacements
from knowledge.writing.rescan import scan_stored as scan
from knowledge.writing.rewording import rewrite_outdated

log = logging.getLogger(__name__)


_one_round = Lock()


@shared_task(name="knowledge.tasks.embed_pending", expires=30)
def embed_pending() -> None:
    """One short round, one at a time in a process; after a round that got something done it is queued again."""
    if not _one_round.acquire(blocking=False):
        return
    try:
        finished = embed_waiting(now=timezone.now())
    except EmbedderUnavailable as error:
        log.warning("embedding waits: %s", error.detail)
        return
    finally:
        _one_round.release()
    if finished:
        log.info("embedded %d passages", finished)
        notify("knowledge.tasks.embed_pending", queue="embedding", expires_s=30)


@shared_task(name="knowledge.tasks.scan_stored", expires=60)
def scan_stored() -> None:
    """A round of the walk over what older rules looked at; after one that got something done it is queued again."""
    if scanned := scan(now=timezone.now()):
        log.info("scanned %d stored documents", scanned)
        scan_stored.delay()


@shared_task(name="knowledge.tasks.rewrite_words", expires=60)
def rewrite_words() -> None:
    """A round of the walk over words of an older form; after one that got something done it is queued again."""
    if passed := rewrite_outdated(now=timezone.now()):
        log.info("looked at the words of %d stored documents", passed)
        rewrite_words.delay()


@shared_task(name="knowledge.tasks.index_built_models")
def index_built_models() -> None:
    """Models that are built get their graph before anybody switches to them; a graph that nobody walks goes."""
    states = EmbeddingModel.State
    for model in EmbeddingModel.objects.filter(state__in=(states.ACTIVE, states.BUILDING)):
        if graph_is_left(model):
            drop_index(model)
            log.info("removed the graph of %s, which SEARCH_INDEX no longer asks for", model.name)
        elif (model.state == states.ACTIVE or not progress_of(model).missing) and build_index_if_free(model):
            log.info("indexed the vectors of %s", model.name)


@shared_task(name="knowledge.tasks.index_filter_keys", expires=60)
def index_filter_keys() -> None:
    """Keys that were declared get their indexes for ranges; those that were withdrawn lose them."""
    if changed := build_filter_keys():
        log.info("built or removed %d indexes of filter keys", changed)


@shared_task(name="knowledge.tasks.remove_dropped_models")
def remove_dropped_models() -> None:
    """The pages only say that a model goes; its passages take longer than a request."""
    for model in EmbeddingModel.objects.filter(state=EmbeddingModel.State.DROPPING):
        log.info("removed %s with %d passages", model.name, finish_drop(model))


@shared_task(name="knowledge.tasks.feed_cluster", expires=30)
def feed_cluster() -> None:
    """One round of the outbox; after one that got something done it is queued again."""
    if not settings.QDRANT_URL:
        return
    from knowledge.search.qdrant.client import ClusterUnavailable  # here, because they need qdrant-client
    from knowledge.search.qdrant.draining import drain_outbox

    try:
        sent = drain_outbox()
    except ClusterUnavailable as error:
        log.warning("changes wait for Qdrant: %s", error)
        return
    if sent:
        notify("knowledge.tasks.feed_cluster", queue="embedding", expires_s=30)


@shared_task(name="knowledge.tasks.sweep_expired")
def sweep_expired() -> None:
    swept = sweep(now=timezone.now())
    if swept:
        log.info("swept %d expired documents", swept)


@shared_task(name="knowledge.tasks.purge")
def purge() -> None:
    now = timezone.now()
    purged = purge_trash(now=now)
    forgotten = purge_changes(now=now) + purge_audit(now=now)
    forget_replaced(now=now)
    forget_replacements(now=now)
    forget_rate_limits(now=now)
    Session.objects.filter(expire_date__lt=now).delete()
    forget_sessions(now=now)
    if end_forgotten_feed(now=now):
        log.warning(
            "Qdrant is fed no more, as nobody took anything off the outbox; `manage.py qdrant rebuild` begins anew"
        )
    if purged or forgotten:
        log.info("purged %d documents and %d entries of the history", purged, forgotten)
