"""What a run was to reach, told as it goes."""

from dataclasses import dataclass, field

HEALTH_MS = 100.0


@dataclass
class Goals:
    """Prints each, and keeps those that were missed."""

    missed: list[str] = field(default_factory=list)

    def goal(self, title: str, reached: bool, figure: str) -> None:
        print(f"  {'ok    ' if reached else 'MISSED'} {title}: {figure}", flush=True)
        if not reached:
            self.missed.append(title)

    def health(self, where: str, p99_s: float) -> None:
        """Whatever is slow, somebody who watches the process is answered."""
        self.goal(f"{where}: /health p99 ≤ {HEALTH_MS:.0f} ms", p99_s * 1_000 <= HEALTH_MS, f"{p99_s * 1_000:.0f} ms")
