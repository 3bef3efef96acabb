"""The state of the whole in one sentence. Pure: it looks at rows that were read already."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard.provider_rows import ProviderRow
from dashboard.words import count_words, plural, relative_words


@dataclass(frozen=True, kw_only=True)
class Health:
    """`missing` counts parts that are not ready, `waiting` passages without a vector, `held` undecided deletions."""

    rows: Sequence[ProviderRow]
    missing: int
    documents: int
    waiting: int
    held: int = 0

    @property
    def attention(self) -> list[ProviderRow]:
        return [row for row in self.rows if row.needs_a_hand]

    @property
    def sentence(self) -> str:
        troubles = self.missing + len(self.attention) + self.held
        if troubles == 0:
            return "Everything is well" if self.rows else "Ready for the first provider"
        things = "thing needs" if troubles == 1 else "things need"
        well = len(self.attention) < len(self.rows) and not self.missing and not self.held
        return f"{count_words(troubles)} {things} a hand{', the rest is well' if well else ''}"

    def facts(self, *, now: datetime) -> str:
        """ "5 providers on schedule · last sync 4 min ago · 48,213 documents, all searchable"."""
        planned = sum(row.provider.next_run_at is not None for row in self.rows)
        ended = [run.finished_at for row in self.rows for run in row.runs if run.finished_at]
        searchable = f"{plural(self.waiting, 'passage')} waiting for a vector" if self.waiting else "all searchable"
        parts = [
            f"{plural(planned, 'provider')} on schedule" if self.rows else "",
            f"last sync {relative_words(max(ended), now=now)}" if ended else "",
            f"{plural(self.documents, 'document')}, {searchable}" if self.documents else "no documents yet",
        ]
        return " · ".join(part for part in parts if part)
