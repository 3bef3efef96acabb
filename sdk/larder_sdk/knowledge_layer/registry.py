"""Backends by name, and the ingestor that is in use."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any, Generic, TypeVar

from larder_sdk.knowledge_layer.contract import BaseIngestor, BaseRetriever

B = TypeVar("B")
F = TypeVar("F", bound=Callable[..., Any])
DEFAULT = "larder"


class Registry(Generic[B]):
    """Factories by name: classes, or whatever makes a backend from keyword arguments."""

    def __init__(self, noun: str) -> None:
        self._noun = noun
        self._factories: dict[str, Callable[..., B]] = {}

    def register(self, name: str) -> Callable[[F], F]:
        def keep(factory: F) -> F:
            self._factories[name] = factory
            return factory

        return keep

    def make(self, name: str, **config: Any) -> B:
        if name not in self._factories:
            known = ", ".join(sorted(self._factories)) or "none"
            raise LookupError(f"There is no {self._noun} {name!r}; registered are: {known}.")
        return self._factories[name](**config)


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


def get_retriever(name: str = DEFAULT, **config: Any) -> BaseRetriever:
    """A retriever of the backend, made with `config`. Raises LookupError, naming those there are."""
    return _retrievers.make(name, **config)


def get_ingestor(name: str = DEFAULT, **config: Any) -> BaseIngestor:
    """An ingestor of the backend, made with `config`. Raises LookupError, naming those there are."""
    return _ingestors.make(name, **config)


def set_active_ingestor(ingestor: BaseIngestor | None) -> None:
    """From now on this is the one in use by the process; None for none."""
    with _lock:
        _active[:] = [ingestor] if ingestor else []


def get_active_ingestor() -> BaseIngestor | None:
    with _lock:
        return _active[0] if _active else None
