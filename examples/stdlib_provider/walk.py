"""Reads the standard library's documentation by importing it, and prints it as JSON lines.

Run as a program of its own, `python -I walk.py`, so that whatever a module does on import ends with
the process. One line per documented object, sorted by name; the same interpreter gives the same lines.
"""

from __future__ import annotations

import importlib
import inspect
import io
import json
import os
import pkgutil
import sys
import types
import warnings
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

SKIPPED = {
    "antigravity", "idlelib", "pydoc_data", "this", "turtledemo",  # act on import, or are programs
    "test", "tests", "__main__",
    "distutils", "lib2to3",  # gone in newer versions
    "encodings", "genericpath", "ntpath",  # hundreds of tables; paths that os.path already is
}  # fmt: skip
"""Modules, by the last part of their names, that nobody asks about."""
PUBLIC_NAMES = {"posixpath": "os.path"}
SHORTEST_DOC = 20
MOST_REPEATS = 3
"""A docstring that stands on more objects than this says nothing about any of them."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One documented object. `qualname` is within the module, empty for the module itself."""

    module: str
    qualname: str
    kind: str
    signature: str
    doc: str


def entries() -> list[Entry]:
    """Everything public and documented in the standard library, without what only repeats."""
    found: dict[int, Entry] = {}
    for module in modules():
        for thing, entry in module_entries(module):
            before = found.get(id(thing))
            if before is None or _preference(thing, entry) < _preference(thing, before):
                found[id(thing)] = entry
    return without_repeats(sorted(found.values(), key=lambda entry: (entry.module, entry.qualname)))


def without_repeats(all_entries: list[Entry]) -> list[Entry]:
    counts: dict[str, int] = {}
    for entry in all_entries:
        counts[entry.doc] = counts.get(entry.doc, 0) + 1
    return [entry for entry in all_entries if not entry.doc or counts[entry.doc] <= MOST_REPEATS]


def modules() -> Iterator[types.ModuleType]:
    for name in sorted(sys.stdlib_module_names - SKIPPED):
        if name.startswith("_"):
            continue
        module = load(name)
        if module is None:
            continue
        yield module
        for child in submodule_names(module):
            submodule = load(child)
            if submodule is not None:
                yield submodule


def load(name: str) -> types.ModuleType | None:
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit):  # noqa: BLE001 - a module of another system, or without its library
        return None


def submodule_names(module: types.ModuleType) -> list[str]:
    """Public submodules, whatever their depth, tests and programs left out."""
    names = []
    for found in pkgutil.iter_modules(getattr(module, "__path__", []), f"{module.__name__}."):
        last = found.name.rpartition(".")[2]
        if last.startswith("_") or last in SKIPPED:
            continue
        names.append(found.name)
        child = load(found.name) if found.ispkg else None
        names += submodule_names(child) if child else []
    return names


def module_entries(module: types.ModuleType) -> Iterator[tuple[object, Entry]]:
    name = PUBLIC_NAMES.get(module.__name__, module.__name__)
    doc = clean(module.__doc__)
    if doc:
        yield module, Entry(module=name, qualname="", kind="module", signature="", doc=doc)
    for attribute in public_names(module):
        thing = getattr(module, attribute, None)
        if inspect.isclass(thing):
            yield from class_entries(name, attribute, thing)
        elif callable(thing) and ((doc := own_doc(thing)) or inspect.isfunction(thing)):
            yield thing, Entry(module=name, qualname=attribute, kind="function", signature=signature(thing), doc=doc)


def public_names(module: types.ModuleType) -> list[str]:
    """What a module offers: its `__all__`, or what is defined in it (or in the C twin with an underscore)."""
    listed = getattr(module, "__all__", dir(module) if module.__name__ == "builtins" else None)
    if listed is not None:
        return sorted({name for name in listed if isinstance(name, str) and not name.startswith("__")})
    homes = {module.__name__, f"_{module.__name__}", "posix" if module.__name__ == "os" else module.__name__}
    return sorted(
        name
        for name, thing in vars(module).items()
        if not name.startswith("_") and getattr(thing, "__module__", None) in homes
    )


def class_entries(module: str, qualname: str, cls: type) -> Iterator[tuple[object, Entry]]:
    doc = own_doc(cls)
    if doc:
        yield cls, Entry(module=module, qualname=qualname, kind="class", signature=signature(cls), doc=doc)
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        return  # a named tuple's members only repeat its fields
    for name, member in sorted(members(cls).items()):
        if name.startswith("_") or isinstance(member, Enum) or inspect.isclass(member):
            continue
        described = member.__func__ if isinstance(member, classmethod | staticmethod) else member
        doc = clean(getattr(described, "__doc__", None))
        if not doc or is_inherited(cls, name, doc):
            continue
        kind = "method" if callable(getattr(cls, name, None)) else "property"
        if kind == "property" and not isinstance(member, property | types.GetSetDescriptorType):
            continue
        shown = signature(getattr(cls, name)) if kind == "method" else ""
        yield member, Entry(module=module, qualname=f"{qualname}.{name}", kind=kind, signature=shown, doc=doc)


def members(cls: type) -> dict[str, Any]:
    """What a class defines itself, or inherits from its twin in C (`_socket.socket` of `socket.socket`)."""
    twins = [base for base in cls.__mro__ if base.__name__ == cls.__name__]
    return {name: member for base in reversed(twins) for name, member in vars(base).items()}


def is_inherited(cls: type, name: str, doc: str) -> bool:
    bases = [base for base in cls.__mro__ if base.__name__ != cls.__name__]
    return any(clean(getattr(getattr(base, name, None), "__doc__", None)) == doc for base in bases)


def own_doc(thing: Any) -> str:
    """An object's docstring, unless it is the one of its type (an instance) or of its base (a subclass).

    A class without any is described by its `__init__`.
    """
    doc = clean(getattr(thing, "__doc__", None))
    if not inspect.isclass(thing):
        return "" if doc == clean(type(thing).__doc__) else doc
    borrowed = any(clean(base.__doc__) == doc for base in thing.__mro__[1:])
    generated = doc.startswith(f"{thing.__name__}(") and "\n" not in doc
    return doc if doc and not (borrowed or generated) else clean(getattr(vars(thing).get("__init__"), "__doc__", None))


def clean(doc: object) -> str:
    text = inspect.cleandoc(doc).strip() if isinstance(doc, str) else ""
    return text if len(text) >= SHORTEST_DOC else ""


def signature(thing: Any) -> str:
    """`(a, b=1)`, empty where the interpreter does not know it, without memory addresses."""
    try:
        shown = str(inspect.signature(thing))
    except Exception:  # noqa: BLE001 - an extension may carry a text signature that does not evaluate
        return ""
    return shown if " at 0x" not in shown and len(shown) <= 300 else "(...)"


def _preference(thing: object, entry: Entry) -> tuple[bool, int, str]:
    """Of several names of one object its own, then the one nearest to the top of the library."""
    own = getattr(thing, "__qualname__", "")
    return entry.qualname != own, entry.module.count("."), f"{entry.module}.{entry.qualname}"


def main() -> None:
    warnings.simplefilter("ignore")
    silent = io.StringIO()
    with redirect_stdout(silent), redirect_stderr(silent):
        found = entries()
    for entry in found:
        sys.stdout.write(json.dumps(asdict(entry)) + "\n")
    sys.stdout.flush()
    os._exit(0)  # threads and exit handlers of the modules that were imported end here


if __name__ == "__main__":
    main()
