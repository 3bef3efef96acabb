"""From a file's tree to what it declares. Pure: it knows the fields and their types, not what is registered.

    plugins:
      context_providers:
        employee-dir: {url: "http://employee-dir:8100", sync_schedule: "0 */6 * * *", secret_env: EMPLOYEE_DIR_SECRET}

Every fault of the file is told at once. Sections that belong to other readers are left alone and named in `ignored`;
so is whatever begins with `x-`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

import yaml

import accounts.stages as stage_faults
from accounts.stages import StageSpec, parse_stages
from providers.errors import Fault, ManifestInvalid
from providers.fields import SAID, FieldSpec, Surface, fields_on
from providers.manifest.nodes import entries, kind_of, line_of, parse, value_of

SECTIONS = ("plugins", "stages")
PROVIDERS = "context_providers"
OWN = "x-"

SECRET_ENV = FieldSpec(
    name="secret_env",
    label="Variable of the secret",
    help="Names the environment variable that holds it; read by `manage.py apply` where it runs.",
    surfaces=Surface.CODE,
)
DECLARED = {spec.name: spec for spec in (*fields_on(Surface.CODE), SECRET_ENV)}
DEFAULTS = {spec.name: spec.default for spec in fields_on(Surface.CODE | Surface.READ) if not spec.required}
"""What a field is where the file does not name it. A secret that is not named stays."""
MAY_BE_BLANK = {spec.name for spec in fields_on(Surface.CODE) if spec.takes_null} | {"timezone"}
TAGS = {"text": "str", "flag": "bool", "number": "int"}


@dataclass(frozen=True, kw_only=True)
class ProviderSpec:
    """One declared provider: every field but the secret has a value. `lines` of the fields that were written."""

    id: str
    line: int
    fields: dict[str, Any]
    secret: str | None = field(default=None, repr=False)
    secret_env: str | None = None
    lines: dict[str, int] = field(default_factory=dict, compare=False)

    def line_of(self, name: str) -> int:
        """Where a field stands, or else the provider."""
        return self.lines.get(name, self.line)


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """`providers` is None where the file has no such section."""

    providers: list[ProviderSpec] | None
    ignored: list[str]
    stages: list[StageSpec]


def read_manifest(text: str) -> Manifest:
    """What the file declares. Raises ManifestInvalid with every fault, each with its line."""
    root = parse(text)
    faults: list[Fault] = []
    sections = {name: value for name, _, value in entries(root)}
    ignored = list(_foreign(root, SECTIONS, faults))
    providers: list[ProviderSpec] | None = None
    plugins = sections.get("plugins")
    if plugins is not None and kind_of(plugins) != "null":
        if not isinstance(plugins, yaml.MappingNode):
            faults.append(Fault(line=line_of(plugins), reason="`plugins` is a mapping of kinds to plugins."))
        else:
            ignored += [f"plugins.{name}" for name in _foreign(plugins, (PROVIDERS,), faults)]
            declared = {name: value for name, _, value in entries(plugins)}.get(PROVIDERS)
            providers = None if declared is None else list(_providers(declared, faults))
    try:
        stages = parse_stages(text)
    except stage_faults.StagesInvalid as error:
        faults.append(Fault(line=error.extra["line"], reason=error.detail.partition(": ")[2]))
    if faults:
        raise ManifestInvalid(faults)
    if not sections.keys() & set(SECTIONS):
        raise ManifestInvalid([Fault(line=1, reason="The file declares neither `plugins` nor `stages`.")])
    return Manifest(providers=providers, ignored=ignored, stages=stages)


def _foreign(node: yaml.MappingNode, known: tuple[str, ...], faults: list[Fault]) -> Iterator[str]:
    """Names of other readers' sections. One that is nearly ours is a slip of the pen, not another's."""
    for name, key, _ in entries(node):
        if name in known or name.startswith(OWN):
            continue
        if near := get_close_matches(name, known, n=1, cutoff=0.8):
            faults.append(Fault(line=line_of(key), reason=f"There is no section `{name}`; is `{near[0]}` meant?"))
        yield name


def _providers(node: yaml.Node, faults: list[Fault]) -> Iterator[ProviderSpec]:
    if kind_of(node) == "null":
        return
    if not isinstance(node, yaml.MappingNode):
        faults.append(Fault(line=line_of(node), reason=f"`{PROVIDERS}` is a mapping of ids to providers."))
        return
    for name, key, value in entries(node):
        if name.startswith(OWN):
            continue
        if not isinstance(value, yaml.MappingNode):
            faults.append(Fault(line=line_of(key), reason=f"{name[:64]}: a provider is a mapping of fields to values."))
            continue
        yield _provider(name, line_of(key), value, faults)


def _provider(provider_id: str, line: int, node: yaml.MappingNode, faults: list[Fault]) -> ProviderSpec:
    given: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for name, key, value in entries(node):
        lines[name] = line_of(key)
        if name.startswith(OWN):
            continue
        if name not in DECLARED:
            near = get_close_matches(name, DECLARED, n=1)
            hint = f"; is `{near[0]}` meant?" if near else "."
            faults.append(Fault(line=lines[name], reason=f"{provider_id[:64]}: there is no field `{name[:64]}`{hint}"))
            continue
        try:
            given[name] = _value(name, value)
        except ValueError as error:
            faults.append(Fault(line=line_of(value), reason=f"{provider_id[:64]}: {error}"))
    if "url" not in lines:
        faults.append(Fault(line=line, reason=f"{provider_id[:64]}: the `url` is missing."))
    if "secret" in given and "secret_env" in given:
        reason = f"{provider_id[:64]}: give either `secret` or `secret_env`, not both."
        faults.append(Fault(line=lines["secret_env"], reason=reason))
    secret, secret_env = given.pop("secret", None), given.pop("secret_env", None)
    fields = DEFAULTS | given
    return ProviderSpec(id=provider_id, line=line, fields=fields, secret=secret, secret_env=secret_env, lines=lines)


def _value(name: str, node: yaml.Node) -> Any:
    """The value, where it is of the field's kind. Nothing at all stands for the default of a field that has one."""
    kind = DECLARED[name].kind
    if kind_of(node) == "null" and name in MAY_BE_BLANK:
        return DEFAULTS.get(name, "")
    if not isinstance(node, yaml.ScalarNode) or kind_of(node) != TAGS[kind]:
        quoted = "; put it in quotes" if kind == "text" and isinstance(node, yaml.ScalarNode) and node.value else ""
        raise ValueError(f"`{name}` is {SAID[kind]}{quoted}.")
    value = value_of(node)
    if name == "timezone" and value == "":
        return DEFAULTS[name]
    return value
