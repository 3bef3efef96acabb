"""From an item's values to its document, by the templates of its source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from larder_sdk import KnowledgeDocument

from larder_sources.changes import ItemUnreadable, Values
from larder_sources.options import Options
from larder_sources.templates import Template, as_tag


def make_document(key: str, values: Values, options: Options, *, now: datetime) -> KnowledgeDocument:
    """Raises ItemUnreadable where a template cannot be filled, or leaves nothing where something has to be."""
    read = {"title": "", "updated_at": None, **values, "key": key}
    document_id = _needed(options.id, read, "id")
    content = _needed(options.content, read, "content")
    return KnowledgeDocument(
        id=document_id,
        content=content,
        tags=list(dict.fromkeys(_tags(options, read))),
        metadata=_metadata(options, read),
        updated_at=read["updated_at"],
        expires_at=_expiry(options, read, now=now),
        language=(options.language.render(read).strip() or None) if options.language else None,
    )


def ends_at(document: KnowledgeDocument, options: Options) -> float | None:
    """The date on which it is to end whatever syncs do, in seconds since 1970."""
    return document.expires_at.timestamp() if options.expires and document.expires_at else None


def _needed(template: Template, values: Values, option: str) -> str:
    text = template.render(values)
    if not text.strip():
        raise ItemUnreadable(f"its {option} is blank")
    return text if option == "content" else text.strip()


def _tags(options: Options, values: Values) -> Iterator[str]:
    """Those of the item itself, then those of the configuration."""
    rendered = (part for template in options.tags for part in template.render(values).split(","))
    yield from filter(None, map(as_tag, (*values.get("tags", ()), *rendered)))


def _metadata(options: Options, values: Values) -> dict[str, Any]:
    own = {name: text for name, template in options.metadata.items() if (text := template.render(values).strip())}
    link = options.link.render(values).strip() if options.link else ""
    return {**values.get("metadata", {}), **own, **({"url": link} if link else {})}


def _expiry(options: Options, values: Values, *, now: datetime) -> datetime | None:
    by_date = _date(options.expires.render(values).strip()) if options.expires else None
    by_ttl = now + options.ttl if options.ttl else None
    return min((each for each in (by_date, by_ttl) if each), default=None)


def _date(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ItemUnreadable(f"its expires, {text!r}, is no date of ISO 8601") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def as_json(value: Any) -> Any:
    """A value of YAML or of a database as metadata hold it: dates as texts, what is unknown as its text."""
    if isinstance(value, Mapping):
        return {str(key): as_json(each) for key, each in value.items()}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    return [as_json(each) for each in value] if isinstance(value, Iterable) else str(value)
