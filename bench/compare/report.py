"""The table, and the same as JSON."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.compare.cpu import CpuMs, shown, total


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of work. `ratio` is how the goal counts it; without a goal the line only informs.

    The processors' milliseconds of one call, or of what the line counts, by kind of process, where they were taken.
    """

    work: str
    ours: str
    theirs: str
    ratio: float
    at_most: float | None = None
    at_least: float | None = None
    our_cpu: CpuMs | None = None
    their_cpu: CpuMs | None = None

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
    def cpu(self) -> tuple[str, str, str]:
        """Ours, theirs, and how often theirs holds ours; empty where nobody took them."""
        ours, theirs = self.our_cpu, self.their_cpu
        times = f"{total(theirs) / total(ours):.3g}" if ours and theirs and total(ours) else ""
        return shown(ours) if ours else "", shown(theirs) if theirs else "", times

    @property
    def sentence(self) -> str:
        cpu = "; CPU {}; beside {}; {} times".format(*self.cpu) if any(self.cpu) else ""
        return f"{self.work}: {self.ours}, {self.theirs}: {self.ratio:.3g} {self.goal and f'(goal {self.goal})'}{cpu}"


HEADINGS = ("work", "Larder", "beside", "ratio", "goal", "reached")
CPU_HEADINGS = ("CPU, Larder", "CPU, beside", "beside / Larder")


def table(rows: Sequence[Row]) -> str:
    """In Markdown, columns aligned; with those of the processors where any row has them."""
    with_cpu = any(any(row.cpu) for row in rows)
    cells: list[tuple[str, ...]] = [HEADINGS + CPU_HEADINGS if with_cpu else HEADINGS]
    for row in rows:
        cell = (row.work, row.ours, row.theirs, f"{row.ratio:.3g}", row.goal, row.verdict)
        cells.append(cell + row.cpu if with_cpu else cell)
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def write_json(rows: Sequence[Row], file: Path, *, asked: dict[str, Any], seconds: float) -> None:
    machine = {"cores": os.cpu_count(), "load": os.getloadavg(), "python": platform.python_version()}
    lines = [{**asdict(row), "reached": row.reached} for row in rows]
    found = {"machine": machine, "asked": asked, "seconds": round(seconds), "lines": lines}
    file.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
