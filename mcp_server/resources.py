"""Documents under addresses of their own, for programs in which a person picks what the model is to read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from core.paging import paginate
from core.replicas import begin_reads
from knowledge.browsing.lists import KEYSETS, Order
from knowledge.browsing.visible import the_one, visible_documents
from knowledge.errors import DocumentNotFound
from knowledge.models import Document
from knowledge.search.budget import list_within_budget
from mcp_server.addresses import read_address
from mcp_server.caller import AgentCaller
from mcp_server.tools.reading import read_document

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class ResourcePage:
    """Documents without their contents, the newest first; `next` is the cursor of the following page."""

    documents: Sequence[Document]
    next: str | None = None


def list_documents(who: AgentCaller, *, cursor: str) -> ResourcePage:
    """Nothing for who may not read documents: clients ask for a list unasked. Raises CursorInvalid, QueryTimeout."""
    if not read_document.is_for(who):
        return ResourcePage(documents=[])
    begin_reads(True)
    visible = visible_documents(who.store, "", timezone.now()).defer("content")
    with list_within_budget():
        page: Any = paginate(visible, by=KEYSETS[Order.STORED], cursor=cursor, limit=PAGE)
    return ResourcePage(documents=page.rows, next=page.next)


def read_resource(who: AgentCaller, address: str) -> Document:
    """Raises DocumentNotFound, and Forbidden for who may not read documents."""
    read_document.check(who)
    named = read_address(address)
    if named is None:
        raise DocumentNotFound(f"{address[:200]!r} is no address of a document: larder://documents/<source>/<id>.")
    source, key = named
    begin_reads(True)
    with list_within_budget():
        return the_one(visible_documents(who.store, source, timezone.now()), key)
