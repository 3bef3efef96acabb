"""The table, and the same as JSON."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of work. `ratio` is how the goal counts it; without a goal the line only informs."""

    work: str
    ours: str
    theirs: str
    ratio: float
    at_most: float | None = None
    at_least: float | None = None

    @property
    def goal(self) -> str:
        return f"≤ {self.at_most:g}" if self.at_most else f"≥ {self.at_least:g}" if self.at_least else ""

    @property
    def reached(self) -> bool | None:
        if self.at_most is not None:
            return self.ratio <= self.at_most
        return None if self.at_least is None else self.ratio >= self.at_least

    @property
    def verdict(self) -> str:
        return {True: "yes", False: "no", None: ""}[self.reached]

    @property
    def sentence(self) -> str:
        return f"{self.work}: {self.ours}, {self.theirs}: {self.ratio:.3g} {self.goal and f'(goal {self.goal})'}"


HEADINGS = ("work", "Larder", "beside", "ratio", "goal", "reached")


def table(rows: Sequence[Row]) -> str:
    """In Markdown, columns aligned."""
    cells = [HEADINGS] + [(row.work, row.ours, row.theirs, f"{row.ratio:.3g}", row.goal, row.verdict) for row in rows]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEADINGS))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def write_json(rows: Sequence[Row], file: Path, *, sizes: dict[str, int], seconds: float) -> None:
    machine = {"cores": os.cpu_count(), "load": os.getloadavg(), "python": platform.python_version()}
    lines = [{**asdict(row), "reached": row.reached} for row in rows]
    found = {"machine": machine, "sizes": sizes, "seconds": round(seconds), "lines": lines}
    file.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
