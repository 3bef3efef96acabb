"""A configuration file: YAML with lines, variables of the environment, and every fault named."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from larder_sources.changes import Source
from larder_sources.kinds import KINDS, load_kind
from larder_sources.names import unknown_name
from larder_sources.options import Options

VARIABLE = re.compile(r"\$(\$\{|\{([^}]*)\})")
VARIABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
NAME = re.compile(r"[a-z0-9][a-z0-9_\-]{0,99}")
Where = tuple[str | int, ...]


class ConfigRefused(Exception):
    """The file cannot be used; each fault is a line of the message."""


@dataclass(frozen=True, kw_only=True)
class Configured:
    """One source of a file: its name, which is its provider's id, its options, and the source itself."""

    name: str
    options: Options
    source: Source
    raw: Mapping[str, Any]
    """As written, credentials still as `${NAME}`: what a change of configuration is told by."""


def read_config(path: Path, name: str, *, environment: Mapping[str, str], state_dir: Path) -> Configured:
    """The source of this name in the file; what it keeps lies below `state_dir`. Raises ConfigRefused."""
    document = read_yaml(path)
    sources = document.value.get("sources") if isinstance(document.value, dict) else None
    if not isinstance(sources, dict) or not sources:
        raise ConfigRefused(f"{path}: it has to hold `sources:` with the name of each source below it")
    if name not in sources:
        raise ConfigRefused(f"{path}: {unknown_name(name, [str(each) for each in sources], what='source')}")
    return read_source(document, name, environment=environment, state_dir=state_dir)


@dataclass(frozen=True, kw_only=True)
class Document:
    """A YAML file and the line of each of its parts."""

    path: Path
    value: Any
    lines: Mapping[Where, int]

    def fault(self, where: Where, sentence: str) -> str:
        """With the line of the innermost part that is there."""
        while where and where not in self.lines:
            where = where[:-1]
        return f"{self.path}:{self.lines.get(where, 1)}: {sentence}"


def read_yaml(path: Path) -> Document:
    """Raises ConfigRefused, with the line."""
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        value = yaml.safe_load(text)
        lines, doubles = dict(_lines(node)) if node else {}, list(_twice(node) if node else ())
    except OSError as error:
        raise ConfigRefused(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigRefused(f"{path}: it is no UTF-8") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"{mark.line + 1}: " if mark else " "
        raise ConfigRefused(f"{path}:{line}{getattr(error, 'problem', None) or error}") from error
    except RecursionError as error:
        raise ConfigRefused(f"{path}: it is too deep, or an alias of it stands within itself") from error
    document = Document(path=path, value=value, lines=lines)
    if doubles:
        raise ConfigRefused("\n".join(document.fault(where, f"{where[-1]!r} stands twice") for where in doubles))
    return document


def read_source(document: Document, name: str, *, environment: Mapping[str, str], state_dir: Path) -> Configured:
    """Raises ConfigRefused, with every fault and its line."""
    where: Where = ("sources", name)
    raw = document.value["sources"][name]
    if not NAME.fullmatch(name):
        raise ConfigRefused(document.fault(where, f"{name!r} is no name; it is a-z 0-9 _ - and begins with a-z 0-9"))
    if not isinstance(raw, dict) or "kind" not in raw:
        raise ConfigRefused(document.fault(where, f"{name} needs a `kind`: {', '.join(sorted(KINDS))}"))
    if not isinstance(raw["kind"], str) or raw["kind"] not in KINDS:
        sentence = unknown_name(str(raw["kind"]), KINDS, what="kind of source")
        raise ConfigRefused(document.fault((*where, "kind"), sentence))
    missing: list[str] = []
    filled = _filled(raw, environment, where, document, missing)
    if missing:
        raise ConfigRefused("\n".join(missing))
    kind = load_kind(raw["kind"])
    try:
        options = kind.options.model_validate(filled)
    except ValidationError as error:
        raise ConfigRefused("\n".join(_faults(document, where, error, kind.options))) from None
    return Configured(name=name, options=options, source=kind.make(options, state_dir / name), raw=raw)


def _faults(document: Document, where: Where, error: ValidationError, options: type[Options]) -> Iterator[str]:
    for each in error.errors(include_url=False, include_input=False):
        option = ".".join(map(str, each["loc"]))
        if each["type"] == "extra_forbidden":
            sentence = unknown_name(option, options.model_fields, what="option")
        else:
            sentence = f"{option}: {each['msg'].removeprefix('Value error, ')}".removeprefix(": ")
        yield document.fault((*where, *each["loc"]), sentence)


def _filled(value: Any, environment: Mapping[str, str], where: Where, document: Document, missing: list[str]) -> Any:
    """With `${NAME}` out of the environment; `$${` is `${`."""
    if isinstance(value, dict):
        return {key: _filled(each, environment, (*where, key), document, missing) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, environment, (*where, at), document, missing) for at, each in enumerate(value)]
    if not isinstance(value, str):
        return value

    def fill(found: re.Match[str]) -> str:
        if found[1] == "${":
            return "${"
        if not VARIABLE_NAME.fullmatch(found[2]):
            missing.append(document.fault(where, f"{found[0]} names no variable; ${{ itself is written $${{"))
        elif found[2] not in environment:
            missing.append(document.fault(where, f"the variable {found[2]} is not set in the environment"))
        return environment.get(found[2], "")

    filled = VARIABLE.sub(fill, value)
    if "\0" in filled:
        missing.append(document.fault(where, f"{where[-1]} holds a NUL character"))
    return filled


def _lines(node: yaml.Node, where: Where = ()) -> Iterator[tuple[Where, int]]:
    yield where, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*where, key.value)
            yield from _lines(value, inner)
            yield inner, key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for at, value in enumerate(node.value):
            yield from _lines(value, (*where, at))


def _twice(node: yaml.Node, where: Where = ()) -> Iterator[Where]:
    if isinstance(node, yaml.MappingNode):
        names = [key.value for key, _ in node.value]
        yield from ((*where, name) for name in sorted({name for name in names if names.count(name) > 1}))
        for key, value in node.value:
            yield from _twice(value, (*where, key.value))
