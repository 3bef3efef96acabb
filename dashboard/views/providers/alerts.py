"""Alerts: where they go, a test of each place, and what was sent."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.audit import actor_of
from core.clock import database_now
from core.errors import LarderError
from dashboard.access import PageRequest, go, staff_only
from dashboard.forms import ChannelForm
from providers.alerts.deliver import send_test
from providers.alerts.history import read_alerts
from providers.alerts.models import Alert, AlertChannel
from providers.alerts.saving import create_channel, delete_channel, get_channel, update_channel

ALERTS_SHOWN = 50


@require_safe
@staff_only
def alerts(request: PageRequest) -> HttpResponse:
    cursor = request.GET.get("cursor", "")
    context = {
        "now": timezone.now(),
        "channels": AlertChannel.objects.all(),
        "page": read_alerts(cursor=cursor, limit=ALERTS_SHOWN),
        "cursor": cursor,
    }
    return render(request, "dashboard/alerts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def channel_new(request: PageRequest) -> HttpResponse:
    form = ChannelForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = create_channel(now=database_now(), actor=actor_of(request), **form.chosen())
        except LarderError as error:
            form.refuse(error)
        else:
            messages.success(request, f"{made.name} gets alerts from now on. Send a test, to see it arrive.")
            return go(request, "alerts")
    return _form(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def channel_edit(request: PageRequest, channel_id: UUID) -> HttpResponse:
    found = get_channel(channel_id)
    form = ChannelForm(request.POST if request.method == "POST" else None, channel=found)
    if form.is_valid():
        try:
            update_channel(channel_id, now=database_now(), actor=actor_of(request), **form.chosen())
        except LarderError as error:
            form.refuse(error)
        else:
            messages.success(request, f"{form.cleaned_data['name']} is saved.")
            return go(request, "alerts")
    return _form(request, form, channel=found)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def channel_delete(request: PageRequest, channel_id: UUID) -> HttpResponse:
    """Asks on GET, for those without JavaScript; deletes on POST."""
    found = get_channel(channel_id)
    if request.method != "POST":
        return render(request, "dashboard/alert_delete.html", {"channel": found})
    delete_channel(channel_id, now=database_now(), actor=actor_of(request))
    messages.success(request, f"{found.name} is deleted and gets no more alerts.")
    return go(request, "alerts")


@require_POST
@staff_only
def channel_test(request: PageRequest, channel_id: UUID) -> HttpResponse:
    alert = send_test(channel_id, now=database_now(), actor=actor_of(request))
    if alert.state == Alert.State.DELIVERED:
        messages.success(request, f"The test has reached {alert.channel.name}.")
    else:
        messages.warning(request, f"The test has not reached {alert.channel.name}: {alert.error}")
    return go(request, "alerts")


def _form(request: PageRequest, form: ChannelForm, *, channel: AlertChannel | None = None) -> HttpResponse:
    context = {"form": form, "channel": channel}
    return render(request, "dashboard/alert_form.html", context, status=422 if form.errors else 200)
