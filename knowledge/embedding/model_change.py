"""Changing the embedding model while the store serves: register, build beside the active one, switch, go back, drop.

    add       building: pushes write its passages too, workers plan and embed what was stored before
    activate  one transaction: building or retired becomes active, active becomes retired and keeps what it has
    add       of a retired model: building again, which only makes up for what has changed since
    drop      its index and passages go, in batches

Queries read the active model's row once and search under it: before, during and after a switch they find whole answers.

See docs/decisions/0020.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, Max, Q
from django.utils import timezone

from accounts.audit import LARDER, Actor, record
from core.errors import LarderError
from knowledge.embedding import index_build, vector_space
from knowledge.embedding.backfill import plan_passages
from knowledge.embedding.pending import finish_waiting
from knowledge.embedding.vector_space import change_models, make_active, space_of
from knowledge.models import Document, EmbeddingModel, Passage

DROP_STRIDE = 20_000
POLL_S = 0.5
State = EmbeddingModel.State

DROP_SOME = "DELETE FROM knowledge_passage WHERE model_id = %s AND id > %s AND id <= %s"


class ModelRefused(LarderError):
    """A change of model that cannot be; the sentence says what to do instead."""

    code = "model_refused"


class ModelUnfinished(ModelRefused):
    """Documents would not be found by meaning; `missing` in `extra` says how many passages and documents lack."""

    code = "model_unfinished"


@dataclass(frozen=True, kw_only=True)
class BuildProgress:
    """How far a model is. `unplanned` documents have no passages yet; `waiting` passages no vector.

    `quarantined` passages were refused by the backend, their documents are found by keyword only; they hold up nothing.
    """

    model: EmbeddingModel
    unplanned: int
    passages: int
    waiting: int
    quarantined: int
    index: index_build.IndexState

    @property
    def missing(self) -> int:
        return self.unplanned + self.waiting

    @property
    def done(self) -> float:
        """From 0 to 1. A document that is not planned counts as one passage."""
        total = self.passages + self.unplanned
        return 1.0 if total == 0 else 1 - self.missing / total


def add_model(
    name: str,
    *,
    now: datetime,
    passage_chars: int | None = None,
    passage_overlap: int | None = None,
    actor: Actor = LARDER,
) -> EmbeddingModel:
    """Register a model for building, or take a retired one up again. Called again, it changes nothing.

    Raises EmbedderUnavailable where the backend cannot be asked or its vectors cannot be held, ModelRefused where the
    name is the active model's, or was registered with another width.
    """
    dimensions = vector_space.storable_dimensions(vector_space.embedder_named(name))
    with transaction.atomic():
        change_models()
        model = EmbeddingModel.objects.filter(name=name).first()
        if model is None:
            record(actor, "model.add", name, now=now, after={"dimensions": dimensions})
            return EmbeddingModel.objects.create(
                name=name,
                dimensions=dimensions,
                state=State.BUILDING,
                created_at=now,
                planned_to=0,
                passage_chars=passage_chars,
                passage_overlap=passage_overlap,
            )
        if passage_chars is not None and (passage_chars, passage_overlap) != (
            model.passage_chars,
            model.passage_overlap,
        ):
            raise ModelRefused(f"{name} is registered with another window; drop it to give it a new one.")
        if model.state == State.RETIRED:
            record(actor, "model.add", name, now=now, before={"state": "retired"}, after={"state": "building"})
        return _take_up(model, dimensions=dimensions)


def _take_up(model: EmbeddingModel, *, dimensions: int) -> EmbeddingModel:
    _check_kept(model)
    if model.state == State.ACTIVE:
        raise ModelRefused(f"{model.name} is the active model already.")
    if model.dimensions != dimensions:
        raise ModelRefused(
            f"{model.name} was registered with {model.dimensions} dimensions; its backend now answers {dimensions}. "
            f"Drop it first: `manage.py embedding_model drop {model.name}`."
        )
    if model.state == State.RETIRED:
        model.state, model.planned_to = State.BUILDING, 0
        model.save(update_fields=["state", "planned_to"])
    return model


def build_model(name: str, *, clock: Callable[[], datetime], rest: Callable[[], None]) -> None:
    """Plan and embed beside the workers until nothing is missing; `rest` is called after each step.

    Raises EmbedderUnavailable; what was finished stays, and calling again goes on from there.
    """
    model = named_model(name)
    space = space_of(model)
    while True:
        plan_passages(model, now=clock())
        finished = finish_waiting(space, now=clock())
        model.refresh_from_db()
        if not finished:
            if not progress_of(model).missing:
                return
            time.sleep(POLL_S)  # workers hold the rest
        rest()


def activate_model(name: str, *, force: bool = False, actor: Actor = LARDER) -> EmbeddingModel:
    """Switch to a model that is built. Builds its index first, where that is missing: call outside a transaction.

    Raises ModelUnfinished while documents would be missing from answers; `force` switches all the same, and workers
    make up for the rest.
    """
    index_build.ensure_index(named_model(name))
    with transaction.atomic():
        change_models()
        model = named_model(name)
        _check_kept(model)
        if model.state == State.ACTIVE:
            return model
        if not force:
            _check_whole(model)
        if model.state == State.RETIRED:
            EmbeddingModel.objects.filter(pk=model.pk).update(planned_to=0)
        former = vector_space.active_model()
        make_active(model)
        before = {"active": former.name} if former else {}
        record(actor, "model.activate", name, now=timezone.now(), before=before, after={"active": name})
    return model


def _check_kept(model: EmbeddingModel) -> None:
    """Half of a document's passages may be gone already, and nothing would tell."""
    if model.state == State.DROPPING:
        raise ModelRefused(
            f"{model.name} is being dropped; `manage.py embedding_model drop {model.name}` finishes that."
        )


def _check_whole(model: EmbeddingModel) -> None:
    again = f"`manage.py embedding_model add {model.name} --now` finishes it; --force switches all the same."
    if model.state == State.RETIRED:
        raise ModelUnfinished(f"{model.name} is retired; what has changed since is missing. {again}")
    if missing := _unplanned(model) + _waiting(model):
        raise ModelUnfinished(
            f"{model.name} still lacks {missing:,} passages, which would not be found. {again}", missing=missing
        )


def drop_model(name: str, *, rest: Callable[[int], None] = lambda deleted: None, actor: Actor = LARDER) -> int:
    """Remove a model that is not active with all its passages; how many. It can be repeated where it broke off.

    Call outside a transaction. Raises ModelRefused for the active model.
    """
    return finish_drop(begin_drop(name, actor=actor), rest=rest)


def begin_drop(name: str, *, actor: Actor = LARDER) -> EmbeddingModel:
    """From now on nobody writes or searches under it, and it only waits to be removed. Raises as `drop_model` does."""
    with transaction.atomic():
        change_models()
        model = named_model(name)
        if model.state == State.ACTIVE:
            raise ModelRefused(f"{name} is the active model; activate another one before dropping it.")
        if model.state != State.DROPPING:
            record(actor, "model.drop", name, now=timezone.now(), before={"state": model.state})
        EmbeddingModel.objects.filter(pk=model.pk).update(state=State.DROPPING, planned_to=None)
    model.refresh_from_db()
    return model


def finish_drop(model: EmbeddingModel, *, rest: Callable[[int], None] = lambda deleted: None) -> int:
    """Remove what a model that is being dropped still has, and then itself; how many passages."""
    index_build.drop_index(model)
    deleted = 0
    last = Passage.objects.aggregate(last=Max("pk"))["last"] or 0
    for after in range(0, last, DROP_STRIDE):
        with connection.cursor() as cursor:
            cursor.execute(DROP_SOME, [model.pk, after, after + DROP_STRIDE])
            deleted += cursor.rowcount
        rest(deleted)
    model.delete()
    return deleted


def named_model(name: str) -> EmbeddingModel:
    model = EmbeddingModel.objects.filter(name=name).first()
    if model is None:
        known = ", ".join(EmbeddingModel.objects.order_by("name").values_list("name", flat=True)) or "none yet"
        raise ModelRefused(f"No model {name!r} is registered; these are: {known}.")
    return model


def progress_of(model: EmbeddingModel) -> BuildProgress:
    """Counts the model's passages: about a second for a million."""
    of_model = Passage.objects.filter(model=model)
    counts = of_model.aggregate(passages=Count("pk"), quarantined=Count("pk", filter=Q(vector=None) & ~Q(error="")))
    return BuildProgress(
        model=model,
        unplanned=_unplanned(model),
        waiting=_waiting(model),
        index=index_build.index_state(model),
        **counts,
    )


def waiting_under() -> dict[int, int]:
    """By model: how many passages have no vector, those of refused texts included."""
    waiting = Passage.objects.waiting().order_by().values_list("model")
    return dict(waiting.annotate(count=Count("pk")))


def _unplanned(model: EmbeddingModel) -> int:
    """Live documents that the walk has not reached and no push has planned."""
    if model.planned_to is None:
        return 0
    ahead = Document.objects.filter(deleted_at=None, pk__gt=model.planned_to)
    return ahead.exclude(passages__model=model).count()


def _waiting(model: EmbeddingModel) -> int:
    return Passage.objects.waiting().filter(model=model, error="", document__deleted_at=None).count()
