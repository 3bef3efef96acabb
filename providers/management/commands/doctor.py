"""`manage.py doctor [provider] [--sync]`: what is wrong, and the step that puts it right; exit code 1 if so."""

import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.checks import run_checks
from django.core.management.base import BaseCommand, CommandError

from accounts.audit import command_actor
from core.clock import database_now
from core.errors import LarderError
from providers.doctor import examine_all
from providers.doctor.steps import Step, verdict
from providers.lookup import get_provider
from providers.models import Provider, RunState, SyncRun, Trigger
from providers.runs.actions import request_sync_as
from providers.system.readiness import readiness

MARKS = {"ok": "✓", "warn": "!", "bad": "✕"}
LOOK_AGAIN_S = 0.2
QUEUE_PATIENCE_S = 30


class Command(BaseCommand):
    help = "Look one provider over, or the whole installation and every enabled provider."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("provider", nargs="?", help="its id; without: the installation, then all that are enabled")
        parser.add_argument("--sync", action="store_true", help="also start a real sync of this provider and wait")

    def handle(self, *, provider: str | None, sync: bool, **options: Any) -> None:
        if sync and provider is None:
            raise CommandError("--sync takes the id of one provider.")
        now = database_now()
        try:
            found = [get_provider(provider)] if provider else list(Provider.objects.enabled())
        except LarderError as error:
            raise CommandError(error.detail) from error
        states = set() if provider else {self._print("Larder", [*readiness(now=now), *_settings()])}
        for each, steps in zip(found, examine_all(found, now=now), strict=True):
            if sync:
                steps.append(_sync(each))
            states.add(self._print(each.pk, steps))
        if "bad" in states:
            sys.exit(1)

    def _print(self, title: str, steps: list[Step]) -> str:
        width = max(len(step.name) for step in steps)
        self.stdout.write(title)
        for step in steps:
            self.stdout.write(f"  {MARKS[step.state]} {step.name:{width}}  {step.detail}")
            if step.fix:
                self.stdout.write(f"    {'':{width}}  → {step.fix}")
        return verdict(steps)


def _settings() -> list[Step]:
    """Nothing to say where nobody doubts them."""
    return [
        Step(name="settings", state="bad" if each.is_serious() else "warn", detail=each.msg, fix=each.hint or "")
        for each in run_checks(tags=["larder"])
    ]


def _sync(provider: Provider) -> Step:
    """A real run, by a worker as ever, and how it ended."""
    try:
        run = request_sync_as(provider.pk, trigger=Trigger.MANUAL, actor=command_actor(), now=database_now())
    except LarderError as error:
        return Step(name="sync", state="bad", detail=error.detail, fix="Try again when that has changed.")
    give_up_at = time.monotonic() + provider.sync_timeout_ms / 1_000 + QUEUE_PATIENCE_S
    while run.is_active and time.monotonic() < give_up_at:
        time.sleep(LOOK_AGAIN_S)
        run.refresh_from_db()
    return _ended(run)


def _ended(run: SyncRun) -> Step:
    if run.state == RunState.SUCCEEDED:
        counts = f"{run.created} created, {run.updated} updated, {run.renewed} renewed, {run.unchanged} unchanged"
        return Step(name="sync", state="ok", detail=f"Succeeded: {counts}.")
    if run.is_active:
        return Step(name="sync", state="bad", detail=f"Still {run.state}.", fix="See whether a worker is at work.")
    return Step(name="sync", state="bad", detail=f"{run.look.label}: {run.error}", fix="Its sentence says what to do.")
