"""`search_collection`: a search within the files of one collection."""

from datetime import datetime

from pydantic import Field

from accounts.access import Forbidden
from accounts.limits import Verb
from core.fields import Text
from ingestion.collections.collections import get_collection
from ingestion.errors import CollectionNotFound
from knowledge.browsing.visible import visible_documents
from mcp_server.caller import AgentCaller
from mcp_server.tools.base import Tool, ToolAnswer
from mcp_server.tools.searching import AskArguments, answer_question, may_ask


class CollectionArguments(AskArguments):
    collection: Text = Field(min_length=1, description="The collection's name, which is the source of its documents.")


def _search_collection(given: CollectionArguments, who: AgentCaller, now: datetime) -> ToolAnswer:
    if not who.store.reaches(given.collection):
        raise _not_found(given.collection)
    name = get_collection(given.collection).name
    if not _may_list(who) and not visible_documents(who.store, name, now).exists():
        raise _not_found(name)
    return answer_question(given, who, now, source=name)


def _may_list(who: AgentCaller) -> bool:
    """Whoever may list no collections learns of those only in which there is something to see."""
    try:
        who.store.require(Verb.READ)
    except Forbidden:
        return False
    return True


def _not_found(name: str) -> CollectionNotFound:
    return CollectionNotFound(f"Collection '{name}' not found")


search_collection = Tool(
    name="search_collection",
    title="Search a collection of files",
    description="The same search within one collection: files that were uploaded together, such as a handbook. What it "
    "finds is cited by file and page. A name that is no collection's is an error, where `search` would find nothing.",
    arguments=CollectionArguments,
    check=may_ask,
    run=_search_collection,
)
