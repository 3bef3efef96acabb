"""Backends by name, and the ingestor that is in use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, Generic, TypeVar

from larder_sdk.knowledge_layer.contract import BaseIngestor, BaseRetriever

B = TypeVar("B")
F = TypeVar("F", bound=Callable[..., Any])
DEFAULT = "larder"


class Registry(Generic[B]):
    """Factories by name: classes, or whatever makes a backend from a `config` or from keyword arguments."""

    def __init__(self, noun: str) -> None:
        self._noun = noun
        self._factories: dict[str, Callable[..., B]] = {}

    def register(self, name: str) -> Callable[[F], F]:
        def keep(factory: F) -> F:
            self._factories[name] = factory
            return factory

        return keep

    def make(self, name: str, config: Mapping[str, Any] | None, **named: Any) -> B:
        if name not in self._factories:
            known = ", ".join(sorted(self._factories)) or "none"
            raise LookupError(f"There is no {self._noun} {name!r}; registered are: {known}.")
        factory = self._factories[name]
        return factory(**named) if config is None else factory(dict(config), **named)


_retrievers: Registry[BaseRetriever] = Registry("retriever")
_ingestors: Registry[BaseIngestor] = Registry("ingestor")
_active: list[BaseIngestor] = []
_lock = Lock()


def register_retriever(name: str) -> Callable[[F], F]:
    """`@register_retriever("mine")` over a class or a function that makes one; a name's last registration counts."""
    return _retrievers.register(name)


def register_ingestor(name: str) -> Callable[[F], F]:
    """`@register_ingestor("mine")`, likewise."""
    return _ingestors.register(name)


def get_retriever(name: str = DEFAULT, config: Mapping[str, Any] | None = None, **named: Any) -> BaseRetriever:
    """A retriever of the backend, made with its `config`, with what is `named`, or with both.

    Raises LookupError, naming those there are.
    """
    return _retrievers.make(name, config, **named)


def get_ingestor(name: str = DEFAULT, config: Mapping[str, Any] | None = None, **named: Any) -> BaseIngestor:
    """An ingestor of the backend, made with its `config`, with what is `named`, or with both.

    Raises LookupError, naming those there are.
    """
    return _ingestors.make(name, config, **named)


def set_active_ingestor(ingestor: BaseIngestor | None) -> None:
    """From now on this is the one in use by the process; None for none."""
    with _lock:
        _active[:] = [ingestor] if ingestor else []


def get_active_ingestor() -> BaseIngestor | None:
    with _lock:
        return _active[0] if _active else None
