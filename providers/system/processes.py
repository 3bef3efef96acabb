"""Larder's own processes, known by their last sign of life."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from providers.models import Heartbeat
from providers.system.readiness import PULSE_OVERDUE, SCHEDULER, TICK_OVERDUE, WORKER


@dataclass(frozen=True, kw_only=True)
class Process:
    """`seen` is its last sign of life, None without one. `detail` says what it does, `fix` how it comes back."""

    name: str
    detail: str
    seen: datetime | None
    is_well: bool
    fix: str


def read_heartbeats() -> dict[str, datetime]:
    return dict(Heartbeat.objects.values_list("name", "at"))


def tell_processes(beats: Mapping[str, datetime], *, now: datetime) -> list[Process]:
    def seen_within(name: str, limit: timedelta) -> bool:
        return name in beats and now - beats[name] < limit

    return [
        Process(name="web", detail=f"Answers this page, as process {os.getpid()}.", seen=now, is_well=True, fix=""),
        Process(
            name="worker",
            detail="Syncs, embeds and tidies up.",
            seen=beats.get("worker"),
            is_well=seen_within("worker", PULSE_OVERDUE),
            fix=f"Start {WORKER}.",
        ),
        Process(
            name="scheduler",
            detail="Ticks every second; a worker answers each tick.",
            seen=beats.get("dispatcher"),
            is_well=seen_within("dispatcher", TICK_OVERDUE),
            fix=f"Start a worker, and {SCHEDULER}.",
        ),
    ]
