"""The scheduler that sends the ticks of the settings: django-celery-beat's, but neither a clock that is set back nor a
database that was made anew silences it.

Beat notes when each tick was last sent and is to be sent next, by the machine's wall clock: set back by two hours, it
would wait for two hours. And it takes from the database what to send, where an empty one names nothing, and one of an
older version names what no worker knows any more.

See docs/decisions/0210.
"""

import logging
import time
from datetime import datetime
from typing import Any

from celery.schedules import schedstate
from django.db import connections
from django_celery_beat.schedulers import DatabaseScheduler, ModelEntry

from config.database import DATABASE_DOWN

log = logging.getLogger("larder.ticks")

RETRY_S = 1.0
SET_BACK_S = 1.0
"""Less than that is how a clock is kept right, and costs no more than itself."""


class TickEntry(ModelEntry):  # type: ignore[misc]
    last_run_at: datetime

    def is_due(self) -> schedstate:
        """A tick that was sent in what is now the future was sent now, at the latest."""
        self.last_run_at = min(self.last_run_at, self._default_now())
        return super().is_due()


class TickScheduler(DatabaseScheduler):  # type: ignore[misc]
    Entry = TickEntry
    _last_full_sync: datetime | None
    _ticked_at = 0.0

    def tick(self, *args: Any, **kwargs: Any) -> float:
        now = time.time()
        if now < self._ticked_at - SET_BACK_S:
            log.warning("the clock was set back by %d s; ticks go on from now", self._ticked_at - now)
            self._heap = self._last_full_sync = None  # both name times that are far away now
            self._initial_read = True
        self._ticked_at = now
        seconds: float = super().tick(*args, **kwargs)
        return seconds

    def setup_schedule(self) -> None:
        """Waits for a database that is away, or has no tables yet."""
        while True:
            try:
                return self._write_ticks()
            except DATABASE_DOWN as error:
                log.warning("beat waits for the database", exc_info=error)  # shown as a line a minute
                connections.close_all()
            time.sleep(RETRY_S)

    def _write_ticks(self) -> None:
        for name, fields in self.app.conf.beat_schedule.items():
            self.Entry.from_entry(name, app=self.app, **fields)
        self._initial_read = True
        self.schedule  # noqa: B018 -- reads them

    def all_as_schedule(self) -> dict[str, TickEntry]:
        """Those of the settings, whatever else stands in the database; what is missing there is written."""
        ticks = self.app.conf.beat_schedule
        known = set(self.Model.objects.filter(name__in=ticks).values_list("name", flat=True))
        for name in ticks.keys() - known:
            self.Entry.from_entry(name, app=self.app, **ticks[name])
        return {name: entry for name, entry in super().all_as_schedule().items() if name in ticks}
