"""The table of fields in docs/reference/larder.yaml.md, from their declarations."""

from typing import Any

import yaml

from providers.fields import SAID, FieldSpec, Surface
from providers.manifest.read import DECLARED

BEGIN, END = "<!-- fields -->\n", "<!-- end of fields -->\n"
HEAD = "| field | what it is | it may be | default |\n|---|---|---|---|\n"


def write_table(page: str) -> str:
    """The page with its table as the fields are declared now."""
    before, _, rest = page.partition(BEGIN)
    return before + BEGIN + fields_table() + END + rest.partition(END)[2]


def fields_table() -> str:
    return HEAD + "".join(map(_row, DECLARED.values()))


def _row(spec: FieldSpec) -> str:
    return f"| `{spec.name}` | {spec.about} | {_bounds(spec)} | {_default(spec)} |\n"


def _bounds(spec: FieldSpec) -> str:
    if spec.choices:
        return "; ".join(f"{_yaml(value)}: {label}" for value, label in spec.choices.choices)
    if spec.kind == "number":
        return "{} to {}".format(*spec.between)
    return f"a line of up to {spec.max_chars} characters" if spec.max_chars else SAID[spec.kind]


def _default(spec: FieldSpec) -> str:
    if spec.required:
        return "must be given"
    if Surface.READ not in spec.surfaces:
        return "the secret stays"
    if spec.fallback:
        return f"the setting `{spec.fallback}`"
    return "none" if spec.default in ("", None) else _yaml(spec.default)


def _yaml(value: Any) -> str:
    """As it is written in a file; `off` alone would be a truth value there."""
    return f"`{yaml.safe_dump(value).splitlines()[0]}`"
