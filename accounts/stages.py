"""Stages as a `larder.yaml` declares them: read with line numbers, applied whole or not at all.

    stages:
      - name: triage
        retrieval_limits: {max_top_k: 5, min_score_floor: 0.4, rerank: never}
        analyzers: [{id: spam-check}]

An analyzer's id is the name of its access keys. Other keys of the file belong to other readers and are left alone.

See docs/decisions/0022.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from typing import Any

import yaml
from django.db import transaction

from accounts.limits import MOST_TOP_K, Rerank
from accounts.models import AccessKey, Stage
from core.errors import LarderError

MOST_CHARS = 1_000_000
FIELDS = ("name", "retrieval_limits", "analyzers")
LIMITS = ("max_top_k", "min_score_floor", "rerank")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class StagesInvalid(LarderError):
    """`line` in `extra`, from 1."""

    code = "invalid_manifest"

    def __init__(self, reason: str, *, line: int) -> None:
        super().__init__(f"Line {line}: {reason}.", line=line)


@dataclass(frozen=True, kw_only=True)
class StageSpec:
    """One declared stage; `analyzers` are ids, and `line` is where it begins."""

    name: str
    max_top_k: int = MOST_TOP_K
    min_score_floor: float = 0.0
    rerank: str = Rerank.ASKED.value
    analyzers: tuple[str, ...] = ()
    line: int = field(default=1, compare=False)


@dataclass(frozen=True, kw_only=True)
class Applied:
    """What applying changed. `bound` counts keys; `keyless` are (stage, analyzer) that no key is named for yet."""

    created: list[str]
    updated: list[str]
    bound: int
    keyless: list[tuple[str, str]]


def parse_stages(text: str) -> list[StageSpec]:
    """The stages of a file, in order; none where it declares none. Raises ManifestInvalid for the first fault."""
    if len(text) > MOST_CHARS:
        raise StagesInvalid(f"the file has {len(text):,} characters; the limit is {MOST_CHARS:,}", line=1)
    root = _root(text)
    if root is None:
        return []
    declared = dict(_entries(root, "the file")).get("stages")
    specs = [_stage(node) for node in _items(declared, "stages")] if declared is not None else []
    _refuse_repeats(specs)
    return specs


@transaction.atomic
def apply_stages(specs: list[StageSpec], *, now: datetime) -> Applied:
    """Make the declared stages what they say, and bind the keys that their analyzers have at this moment.

    Stages and bindings that are not declared stay as they are: lifting a limit is somebody's decision, not an omission.
    """
    applied = Applied(created=[], updated=[], bound=0, keyless=[])
    bound = 0
    for spec in specs:
        stage = _save(spec, applied)
        for analyzer in spec.analyzers:
            keys = AccessKey.objects.usable(now).filter(role=AccessKey.Role.ANALYZER, name=analyzer)
            if not keys.exists():
                applied.keyless.append((spec.name, analyzer))
            bound += keys.exclude(stage=stage).update(stage=stage)
    return Applied(created=applied.created, updated=applied.updated, bound=bound, keyless=applied.keyless)


def _save(spec: StageSpec, applied: Applied) -> Stage:
    wanted = {name: getattr(spec, name) for name in LIMITS}
    stage, created = Stage.objects.get_or_create(name=spec.name, defaults=wanted)
    if created:
        applied.created.append(spec.name)
    elif Stage.objects.filter(pk=stage.pk).exclude(**wanted).update(**wanted):
        applied.updated.append(spec.name)
    return stage


# --- reading ----------------------------------------------------------------------------------------------------------


def _root(text: str) -> yaml.Node | None:
    try:
        return yaml.SafeLoader(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise StagesInvalid(error.problem or "this is no YAML", line=mark.line + 1 if mark else 1) from None
    except (yaml.YAMLError, RecursionError):
        raise StagesInvalid("this is no YAML that can be read", line=1) from None


def _stage(node: yaml.Node) -> StageSpec:
    entries = dict(_entries(node, "a stage"))
    _refuse_slips(entries, FIELDS)
    name = _name(entries.get("name"), "a stage's name", at=node)
    limits = _limits(entries.get("retrieval_limits"))
    analyzers = entries.get("analyzers")
    ids = [_analyzer(each) for each in _items(analyzers, "analyzers")] if analyzers is not None else []
    return StageSpec(name=name, analyzers=tuple(ids), line=_line(node), **limits)


def _limits(node: yaml.Node | None) -> dict[str, Any]:
    if node is None:
        return {}
    found: dict[str, Any] = {}
    for key, value in _entries(node, "retrieval_limits"):
        number = _scalar(value)
        if key == "max_top_k":
            if type(number) is not int or not 1 <= number <= MOST_TOP_K:
                raise StagesInvalid(f"max_top_k is a whole number from 1 to {MOST_TOP_K}", line=_line(value))
        elif key == "min_score_floor":
            if type(number) not in (int, float) or not 0 <= number <= 1:
                raise StagesInvalid("min_score_floor is a number from 0 to 1", line=_line(value))
        elif key == "rerank":
            if number not in list(Rerank):
                raise StagesInvalid(f"rerank is {', '.join(Rerank)}", line=_line(value))
        else:
            raise StagesInvalid(f"there is no retrieval limit {key!r}", line=_line(value))
        found[key] = number
    return found


def _analyzer(node: yaml.Node) -> str:
    """`{id: x}`, or plainly `x`."""
    if isinstance(node, yaml.ScalarNode):
        return _name(node, "an analyzer's id", at=node)
    entries = dict(_entries(node, "an analyzer"))
    _refuse_slips(entries, ("id",))
    return _name(entries.get("id"), "an analyzer's id", at=node)


def _refuse_slips(entries: dict[str, yaml.Node], known: tuple[str, ...]) -> None:
    """Others' keys are left alone. A limit in the wrong place, or a name that is nearly ours, would limit nothing.

    Raises StagesInvalid.
    """
    for key, value in entries.items():
        if key in LIMITS:
            raise StagesInvalid(f"`{key}` stands within `retrieval_limits` of a stage", line=_line(value))
        near = get_close_matches(key, known, n=1, cutoff=0.8)
        if near and key not in known:
            raise StagesInvalid(f"there is no field `{key[:64]}`, but `{near[0]}`", line=_line(value))


def _name(node: yaml.Node | None, what: str, *, at: yaml.Node) -> str:
    value = None if node is None else _scalar(node)
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise StagesInvalid(f"{what} is at most 64 letters, digits, dots, _ and -", line=_line(node or at))
    return value


def _entries(node: yaml.Node, what: str) -> Iterator[tuple[str, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        raise StagesInvalid(f"{what} is a mapping of names to values", line=_line(node))
    seen: set[str] = set()
    for key_node, value in node.value:
        key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else ""
        if key in seen:
            raise StagesInvalid(f"{key!r} stands twice", line=_line(key_node))
        seen.add(key)
        yield key, value


def _items(node: yaml.Node, what: str) -> list[yaml.Node]:
    if isinstance(node, yaml.ScalarNode) and _scalar(node) is None:
        return []
    if not isinstance(node, yaml.SequenceNode):
        raise StagesInvalid(f"{what} is a list", line=_line(node))
    return list(node.value)


def _scalar(node: yaml.Node) -> Any:
    """The value of a scalar; the node itself where it is none, which is no value of any kind that is asked for."""
    if not isinstance(node, yaml.ScalarNode):
        return node
    try:
        return yaml.SafeLoader("").construct_object(node)
    except (yaml.YAMLError, ValueError):
        return node


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _refuse_repeats(specs: list[StageSpec]) -> None:
    """A name or an analyzer that stands twice would have two truths."""
    names: set[str] = set()
    stage_of: dict[str, str] = {}
    for spec in specs:
        if spec.name in names:
            raise StagesInvalid(f"the stage {spec.name!r} stands twice", line=spec.line)
        names.add(spec.name)
        for analyzer in spec.analyzers:
            first = stage_of.setdefault(analyzer, spec.name)
            if first != spec.name:
                raise StagesInvalid(
                    f"the analyzer {analyzer!r} is bound to {first!r} already; give it a key of another name",
                    line=spec.line,
                )
