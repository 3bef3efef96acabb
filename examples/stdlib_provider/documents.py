"""The standard library's documentation as Larder documents."""

from __future__ import annotations

import json
import platform
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from larder_sdk import KnowledgeDocument

WALK = Path(__file__).with_name("walk.py")
WALK_TIMEOUT_S = 60
TTL = timedelta(hours=24)


def read_library() -> list[Mapping[str, str]]:
    """Every documented object of this interpreter's library, read in a process of its own (see walk.py)."""
    command = [sys.executable, "-I", "-W", "ignore", str(WALK)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=WALK_TIMEOUT_S, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def library_documents(*, now: datetime) -> Iterator[KnowledgeDocument]:
    """One document for each entry, in the order of their names."""
    entries = read_library()
    summaries = {entry["module"]: summary(entry["doc"]) for entry in entries if entry["kind"] == "module"}
    for entry in entries:
        yield document(entry, about_module=summaries.get(entry["module"], ""), now=now)


def document(entry: Mapping[str, str], *, about_module: str, now: datetime) -> KnowledgeDocument:
    name = full_name(entry)
    return KnowledgeDocument.with_ttl(
        TTL,
        now=now,
        id=name,
        content=content(entry, about_module=about_module),
        tags=["python", f"kind:{entry['kind']}", *module_tags(entry["module"])],
        metadata=metadata(entry),
    )


def full_name(entry: Mapping[str, str]) -> str:
    return f"{entry['module']}.{entry['qualname']}" if entry["qualname"] else entry["module"]


def module_tags(module: str) -> list[str]:
    """`xml.dom` gives `module:xml` and `module:xml_dom`: a tag has no dots."""
    parts = module.lower().split(".")
    return [f"module:{'_'.join(parts[: depth + 1])}" for depth in range(len(parts))]


def metadata(entry: Mapping[str, str]) -> dict[str, Any]:
    known = {"python": platform.python_version(), **{name: entry[name] for name in ("kind", "module", "qualname")}}
    return known | ({"signature": entry["signature"]} if entry["signature"] else {})


def content(entry: Mapping[str, str], *, about_module: str) -> str:
    """What people read and the embedder understands: the name with its signature, then the docstring.

    Where there is none, its words and its module's say what it may be for. Anything more, on every document
    alike, draws their meanings together and the right one down.
    """
    return f"{full_name(entry)}{entry['signature']}\n\n{entry['doc'] or in_words(entry, about_module)}"


def in_words(entry: Mapping[str, str], about_module: str) -> str:
    """`Function parsedate to datetime in module email.utils: Miscellaneous utilities.`"""
    return f"Function {spoken(entry['qualname'])} in module {entry['module']}: {about_module}".rstrip(": ")


def spoken(name: str) -> str:
    """An identifier with its words apart: `parsedate_to_datetime` as `parsedate to datetime`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_+", " ", name).strip()


def summary(doc: str) -> str:
    """A docstring's first paragraph, on one line."""
    return " ".join(doc.partition("\n\n")[0].split())
