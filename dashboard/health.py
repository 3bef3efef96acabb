"""The state of the whole in one sentence. Pure: it looks at what was read already."""

from dataclasses import dataclass
from datetime import datetime

from dashboard.providers.overview import ProvidersOverview
from dashboard.waiting import Waits
from dashboard.words import count_words, plural, relative_words


@dataclass(frozen=True, kw_only=True)
class Health:
    """`missing` counts parts that are not ready, `waiting` passages without a vector, of which `quarantined` are
    refused by the embedder; `held` undecided deletions; `waits` tells of files."""

    providers: ProvidersOverview
    missing: int
    documents: int
    waiting: int
    waits: Waits
    quarantined: int = 0
    held: int = 0

    @property
    def sentence(self) -> str:
        troubles = self.missing + self.providers.needing + self.held + bool(self.quarantined) + bool(self.waits.files)
        if troubles == 0:
            return "Everything is well" if self.providers.total else "Ready for the first provider"
        things = "thing needs" if troubles == 1 else "things need"
        rest = self.providers.needing < self.providers.total and not self.missing
        return f"{count_words(troubles)} {things} attention{', the rest is well' if rest else ''}"

    def facts(self, *, now: datetime) -> str:
        """ "5 providers on schedule · last sync 4 min ago · 48,213 documents, all searchable"."""
        last = self.providers.last_sync_at
        synced = f"last sync {relative_words(last, now=now)}" if last else ""
        return " · ".join(filter(None, [self._providers(), synced, self._documents(), self._files()]))

    def _providers(self) -> str:
        planned, total = self.providers.planned, self.providers.total
        if planned == total:
            return f"{plural(planned, 'provider')} on schedule" if total else ""
        return f"{planned:,} of {plural(total, 'provider')} on schedule"

    def _documents(self) -> str:
        if not self.documents:
            return "no documents yet"
        waiting = self.waiting - self.quarantined
        searchable = f"{plural(waiting, 'passage')} waiting for a vector" if waiting > 0 else "all searchable"
        return f"{plural(self.documents, 'document')}, {searchable}"

    def _files(self) -> str:
        return f"files on their way: {self.waits.under_way}" if self.waits.under_way else ""
