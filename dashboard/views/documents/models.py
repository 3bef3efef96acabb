"""Embedding models: how far each is, and the way from one to another while the store serves."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.audit import actor_of
from core.errors import LarderError
from dashboard.access import PageRequest, go, staff_only
from dashboard.forms import ModelForm
from knowledge.checks import backend_trouble, embedding_state
from knowledge.embedding.build_progress import Building, State, read_building
from knowledge.embedding.embedders.base import EmbedderError
from knowledge.embedding.index_build import IndexState
from knowledge.embedding.index_choice import codes_are_used
from knowledge.embedding.model_change import ModelRefused, activate_model, add_model, begin_drop
from knowledge.models import EmbeddingModel
from knowledge.search.index.recall import read_recall
from knowledge.search.index.status import IndexStatus, index_status

AT_WORK = (State.ACTIVE, State.BUILDING)
INDEXED_AT_ONCE = 20_000
"""So many vectors are indexed within a request; more are left to the workers."""


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def models(request: PageRequest) -> HttpResponse:
    """All models; POST registers one, or takes a retired one up again."""
    if request.method != "POST":
        return _page(request, None)
    form = ModelForm(request.POST)
    if form.is_valid():
        try:
            made = add_model(now=timezone.now(), actor=actor_of(request), **form.cleaned_data)
        except (ModelRefused, EmbedderError) as error:
            form.add_error("name", error.detail)
        else:
            messages.success(request, f"{made.name} is being built; nothing changes for queries until you switch.")
            return go(request, "models")
    return _page(request, form)


@require_safe
@staff_only
def models_live(request: PageRequest) -> HttpResponse:
    return render(request, "dashboard/_models_live.html", _context())


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def model_activate(request: PageRequest, model_id: int) -> HttpResponse:
    """Says on GET what would happen; POST switches, with `force` even while something is missing."""
    found = get_object_or_404(EmbeddingModel, pk=model_id)
    shown = _building_of(found)
    if request.method != "POST":
        return _activation(request, shown)
    if shown.index.state is not IndexState.READY and shown.done > INDEXED_AT_ONCE:
        return _activation(request, shown, refused="Its index is not there yet; workers build it within minutes.")
    try:
        activate_model(found.name, force=bool(request.POST.get("force")), actor=actor_of(request))
    except LarderError as error:
        return _activation(request, shown, refused=error.detail)
    messages.success(request, f"{found.name} answers from now on. Set EMBEDDING_MODEL to it for the next start.")
    return go(request, "models")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def model_drop(request: PageRequest, model_id: int) -> HttpResponse:
    found = get_object_or_404(EmbeddingModel, pk=model_id)
    if request.method != "POST":
        return render(request, "dashboard/model_drop.html", {"shown": _building_of(found)})
    try:
        begin_drop(found.name, actor=actor_of(request))
    except ModelRefused as error:
        messages.warning(request, error.detail)
    else:
        messages.success(request, f"{found.name} goes; workers remove its passages within minutes.")
    return go(request, "models")


def _page(request: PageRequest, form: ModelForm | None) -> HttpResponse:
    context = _context()
    initial = {"name": settings.EMBEDDING_MODEL if context["configured"] is None else ""}
    context["form"] = form or ModelForm(initial=initial)
    return render(request, "dashboard/models.html", context, status=422 if form else 200)


def _context() -> dict[str, Any]:
    now = timezone.now()
    found = read_building(now=now)
    state = embedding_state()
    return {
        "now": now,
        "models": [(each, *_at_work(each.model)) for each in found],
        "recall": read_recall(),
        "moves": any(each.moves for each in found),
        "state": state,
        "configured": next((each for each in found if each.model.name == state.configured), None),
    }


def _at_work(model: EmbeddingModel) -> tuple[str, IndexStatus | None]:
    """What keeps its backend from answering, and how this machine's codes stand, where it keeps some."""
    if model.state not in AT_WORK:
        return "", None
    return backend_trouble(model.name), index_status(model) if codes_are_used() else None


def _building_of(model: EmbeddingModel) -> Building:
    return next(each for each in read_building(now=timezone.now()) if each.model.pk == model.pk)


def _activation(request: PageRequest, shown: Building, *, refused: str = "") -> HttpResponse:
    active = EmbeddingModel.objects.filter(state=State.ACTIVE).first()
    context = {"shown": shown, "active": active, "refused": refused, "configured": settings.EMBEDDING_MODEL}
    return render(request, "dashboard/model_activate.html", context, status=422 if refused else 200)
