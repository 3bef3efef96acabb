"""How much is measured, in the whole run and in the quick one."""

from dataclasses import asdict, dataclass, replace


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """Documents, but for `questions` and `calls` of each contender, and the seconds of one turn at full load."""

    store: int = 100_000
    small: int = 20_000
    large: int = 1_000_000
    pushed: int = 20_000
    batch: int = 1_000
    embedded: int = 2_000
    questions: int = 500
    calls: int = 500
    load_s: float = 5.0

    def tenth(self) -> "Sizes":
        sizes = {name: value // 10 for name, value in asdict(self).items() if name in TENTHS}
        return replace(self, **sizes, batch=self.batch // 2, load_s=2.0)


TENTHS = ("store", "small", "large", "pushed", "embedded", "questions", "calls")

TOP_K = 10
CLIENTS = 8
TURNS = 3
MOST_S = 60
"""The longest that one comparison asks, however slow a contender is."""
