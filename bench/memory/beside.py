"""Both sides are told the same conversations, turn by turn, with the same replies of the model."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any, Protocol

from bench.compare.report import Row
from bench.memory.conversations import Conversation
from bench.memory.scripted import Model


class Side(Protocol):
    def begin(self, conversation: Conversation) -> None: ...

    def add(self, conversation: Conversation, turn: Mapping[str, Any]) -> float: ...

    def kept(self, conversation: Conversation) -> list[str]: ...


def compare(conversations: Sequence[Conversation], ours: Side, theirs: Side, model: Model) -> Iterator[Row]:
    sides = {"ours": ours, "theirs": theirs}
    ms: dict[str, list[float]] = {name: [] for name in sides}
    calls, right = dict.fromkeys(sides, 0), dict.fromkeys(sides, 0)
    for conversation in conversations:
        for side in (ours, theirs):
            side.begin(conversation)
        for turn, model.reply in zip(conversation.turns, conversation.replies, strict=True):
            for name, side in sides.items():
                before = model.calls
                ms[name].append(side.add(conversation, turn))
                calls[name] += model.calls - before
        for name, side in sides.items():
            is_right = conversation.judge(side.kept(conversation))
            right[name] += is_right
            if not is_right:
                print(f"{conversation.id}: {name} keeps {side.kept(conversation)}")
    yield _row("right final states", right, of=len(conversations))
    yield _row("questions to the model", calls)
    typical = {name: median(each) for name, each in ms.items()}
    yield Row(
        work="a turn, the model replies at once, p50",
        ours=f"{typical['ours']:.1f} ms",
        theirs=f"mem0 {typical['theirs']:.1f} ms",
        ratio=typical["theirs"] / typical["ours"],
    )


def _row(work: str, counts: Mapping[str, int], *, of: int = 0) -> Row:
    rest = f" of {of}" if of else ""
    ratio = counts["ours"] / counts["theirs"] if counts["theirs"] else float("inf")
    return Row(work=work, ours=f"{counts['ours']}{rest}", theirs=f"mem0 {counts['theirs']}{rest}", ratio=ratio)
