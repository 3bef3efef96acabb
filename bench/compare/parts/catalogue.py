"""The parts by name: what has to run for each, and its lines. `PART` or `PART.LINE` names what is to be measured."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from bench.compare.parts import local, pushes, queries, scale, scene
from bench.compare.report import Row
from bench.compare.sizes import Asked


@dataclass(frozen=True, kw_only=True)
class Part:
    """What `scene` yields is handed to each line."""

    scene: Callable[[Asked], AbstractContextManager[Any]]
    lines: Mapping[str, Callable[[Any], Iterator[Row]]]


PARTS: Mapping[str, Part] = {
    "queries": Part(scene=scene.made_up_scene, lines=queries.LINES),
    "model": Part(scene=scene.modelled_scene, lines={name: queries.LINES[name] for name in ("recall", "query")}),
    "pushes": Part(scene=pushes.push_scene, lines=pushes.LINES),
    "local": Part(scene=local.local_scene, lines={"first": local.measure_local}),
    "scale": Part(scene=scale.scale_scene, lines=scale.LINES),
}

NAMES = [name for part, found in PARTS.items() for name in (part, *(f"{part}.{line}" for line in found.lines))]


def measure(asked: Asked, names: Sequence[str]) -> Iterator[Row]:
    """The rows of what is named, part by part in the order above."""
    for name, part in PARTS.items():
        lines = [line for line in part.lines if {name, f"{name}.{line}"} & set(names)]
        if lines:
            with part.scene(asked) as scenery:
                for line in lines:
                    yield from part.lines[line](scenery)
