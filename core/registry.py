"""Registries: the kinds of one thing, each a file in one folder, or in a folder within it, and called as its file.

Whoever adds a file has added a kind; nothing else names it. Knows no Django: files are recognised and read where there
is none.
"""

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from functools import cached_property
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, TypeVar

T = TypeVar("T")


class Misregistered(Exception):
    """A file in a registry's folder does not say what it has to."""


class Registry(Mapping[str, T]):
    """The entries of a folder's files by their names, in the order of the names.

    `noun` is what people call one of them. `names` are read off the folder; a file is imported when the first entry is
    asked for. Raises Misregistered then, for any file that lacks its entry: `import_all` at the start of a process.
    """

    def __init__(self, package: str, attribute: str, *, noun: str) -> None:
        self.package = package
        self.attribute = attribute
        self.noun = noun

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self._modules))

    @cached_property
    def _modules(self) -> dict[str, str]:
        return dict(_modules_below(self.package))

    @cached_property
    def _entries(self) -> dict[str, T]:
        return {name: self._import(name) for name in self.names}

    def import_all(self) -> None:
        """Raises Misregistered."""
        _ = self._entries

    def _import(self, name: str) -> T:
        try:
            module = import_module(self._modules[name])
        except TypeError as error:
            raise Misregistered(f"{self._file(name)} is no {self.noun}: {error}.") from error
        found: Any = getattr(module, self.attribute, None)
        if found is None:
            raise Misregistered(f"{self._file(name)} is no {self.noun}: it has no {self.attribute}.")
        if found.name != name:
            raise Misregistered(f"{self._file(name)} calls its {self.noun} {found.name!r}, not as the file is called.")
        entry: T = found
        return entry

    def _file(self, name: str) -> str:
        return f"{self._modules[name].replace('.', '/')}.py"

    def missing(self, name: str) -> str:
        """The sentence for a name that is not here, with the nearest that is."""
        near = nearest(name, self.names)
        meant = f" Did you mean {near}?" if near else ""
        return f"There is no {self.noun} {name[:100]!r}.{meant} There are: {', '.join(self.names)}."

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __getitem__(self, name: str) -> T:
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def _modules_below(package: str) -> Iterator[tuple[str, str]]:
    """The name and the whole name of each file; folders only keep them apart."""
    for module in iter_modules(import_module(package).__path__):
        whole = f"{package}.{module.name}"
        if module.ispkg:
            yield from _modules_below(whole)
        else:
            yield module.name, whole


def nearest(name: str, names: Collection[str]) -> str:
    """The name that was probably meant, or ""."""
    found = get_close_matches(name.casefold(), names, n=1)
    return found[0] if found else ""
