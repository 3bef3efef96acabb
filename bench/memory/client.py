"""A memory as its clients speak to it, over one kept connection."""

from collections.abc import Mapping, Sequence
from typing import Any, Self
from urllib.parse import quote

import httpx

CATEGORIES = ("identity", "knowledge", "context")


class Memory:
    """One context of a running server. What it refuses raises httpx.HTTPStatusError."""

    def __init__(self, http: httpx.Client, context: str) -> None:
        self._http = http
        self.context = context

    @classmethod
    def made(cls, http: httpx.Client, context: str) -> Self:
        """A context that is not there yet. Takes an admin's key."""
        _read(http.post(f"/api/v1/contexts/{context}", json={}))
        return cls(http, context)

    def get(self, path: str, **asked: Any) -> Any:
        return _read(self._http.get(self._at(path), params=asked))

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        return _read(self._http.post(self._at(path), json=body))

    def history(self, type_: str, name: str, key: str) -> list[dict[str, Any]]:
        """[] for what is not known."""
        answer = self._http.get(self._at(f"entities/{type_}/{quote(name, safe='')}/history/{key}"))
        return [] if answer.status_code == httpx.codes.NOT_FOUND else _read(answer)["history"]

    def state(self, **asked: Any) -> dict[str, list[dict[str, Any]]]:
        """Rows of all three categories together."""
        found = self.post("state", asked)
        kinds: Sequence[str] = ("entities", "attributes", "relations")
        rows = {kind: [row for category in CATEGORIES for row in found[category][kind]] for kind in kinds}
        return {**rows, "instructions": found["instructions"], "unknowns": found["unknowns"]}

    def _at(self, path: str) -> str:
        return f"/api/v1/{self.context}/{path}"


def connect(url: str, key: str) -> httpx.Client:
    return httpx.Client(
        base_url=url, headers={"Authorization": f"Bearer {key}"}, trust_env=False, timeout=httpx.Timeout(120)
    )


def _read(answer: httpx.Response) -> Any:
    answer.raise_for_status()
    return answer.json()
