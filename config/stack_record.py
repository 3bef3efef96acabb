"""What the embedded stack writes down for others to find, as two small files in the data directory.

`stack.json` says where the running stack listens and lives as long as `up` does; `secrets.json` holds the keys that
sign and encrypt, and lives as long as the data. Both are readable by their owner alone and replaced in one step.
"""

import base64
import contextlib
import json
import os
import secrets
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

STACK_FILE = "stack.json"
SECRETS_FILE = "secrets.json"


@dataclass(frozen=True, kw_only=True)
class StackRecord:
    """Where a running stack listens; `pid` is the process of `up` that answers for it."""

    database_url: str
    redis_url: str
    web_url: str
    pid: int


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """Django's signing key, and the Fernet keys that encrypt provider secrets: the first encrypts, all decrypt."""

    secret_key: str
    secrets_keys: tuple[str, ...]


def read_stack(data_dir: Path) -> StackRecord | None:
    """The record of the stack that runs on this data directory; None when there is none or its process is gone."""
    try:
        record = StackRecord(**(read_json(data_dir / STACK_FILE) or {}))
    except TypeError:  # none, or none of ours
        return None
    return record if is_alive(record.pid) else None


def write_stack(data_dir: Path, record: StackRecord) -> None:
    write_json(data_dir / STACK_FILE, asdict(record))


def remove_stack(data_dir: Path) -> None:
    (data_dir / STACK_FILE).unlink(missing_ok=True)


def read_secrets(data_dir: Path) -> Secrets | None:
    """The secrets of this data directory; None before the first start.

    Raises ImproperlyConfigured where they are broken. New ones are never made in their place.
    """
    path = data_dir / SECRETS_FILE
    fields = read_json(path) or {}
    if fields.keys() >= {"secret_key", "secrets_keys"}:
        return Secrets(secret_key=fields["secret_key"], secrets_keys=tuple(fields["secrets_keys"]))
    if path.exists():
        raise ImproperlyConfigured(
            f"{path} is broken. Put it back from a backup: with new keys no provider's secret could be read."
        )
    return None


def ensure_secrets(data_dir: Path) -> Secrets:
    """The secrets of this data directory, made on the first call and the same ever after."""
    known = read_secrets(data_dir)
    if known:
        return known
    fresh = Secrets(secret_key=secrets.token_urlsafe(48), secrets_keys=(fernet_key(),))
    write_json(data_dir / SECRETS_FILE, asdict(fresh))
    return fresh


def fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def make_private(directory: Path) -> Path:
    """Create the directory (and its parents) for its owner alone; one that exists is narrowed to that."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    directory.chmod(0o700)
    return directory


def read_json(path: Path) -> dict[str, Any] | None:
    """The object that the file holds; None where there is no such file, or no object in it."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Replace the file in one step, for its owner alone; a reader sees the old text or the new, never a part."""
    make_private(path.parent)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp opens with mode 0600
    try:
        with open(handle, "w", encoding="utf-8") as file:
            json.dump(value, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(draft)
        raise


def is_alive(pid: int) -> bool:
    """Whether a process of that number exists; one of another user counts."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
