"""Contexts of the running Larder, made as an admin makes them."""

from dataclasses import dataclass

from tests.e2e.conftest import Larder


@dataclass(frozen=True, kw_only=True)
class Memory:
    """`key` may do all in the context, `principal` is the id of one that may do nothing yet."""

    context: str
    key: str
    principal: str


def new_memory(larder: Larder, context: str, *, use_models: bool = True) -> Memory:
    with larder.client(admin_key(larder)) as admin:
        made = admin.post(f"/api/v1/contexts/{context}", json={"useModels": use_models})
        key = admin.post(f"/api/v1/{context}/keys", json={"name": "assistant"})
        principal = admin.post(f"/api/v1/{context}/principals", json={"name": "bo"})
    assert [each.status_code for each in (made, key, principal)] == [201, 201, 201]
    return Memory(context=context, key=key.json()["key"], principal=principal.json()["id"])


_keys: dict[str, str] = {}


def admin_key(larder: Larder) -> str:
    """One for each stack: making one takes a process."""
    if larder.url not in _keys:
        _keys[larder.url] = larder.create_key("admin of memories", role="admin")
    return _keys[larder.url]
