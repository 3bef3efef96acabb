"""`search_collection`: a search within the files of one collection."""

from datetime import datetime

from pydantic import Field

from core.fields import Text
from ingestion.collections.collections import get_collection
from ingestion.errors import CollectionNotFound
from mcp_server.caller import AgentCaller
from mcp_server.tools.base import Tool, ToolAnswer
from mcp_server.tools.searching import AskArguments, answer_question, may_ask


class CollectionArguments(AskArguments):
    collection: Text = Field(min_length=1, description="The collection's name, which is the source of its documents.")


def _search_collection(given: CollectionArguments, who: AgentCaller, now: datetime) -> ToolAnswer:
    if not who.store.reaches(given.collection):
        raise CollectionNotFound(f"Collection '{given.collection}' not found")
    return answer_question(given, who, now, source=get_collection(given.collection).name)


search_collection = Tool(
    name="search_collection",
    title="Search a collection of files",
    description="The same search within one collection: files that were uploaded together, such as a handbook. What it "
    "finds is cited by file and page. A name that is no collection's is an error, where `search` would find nothing.",
    arguments=CollectionArguments,
    check=may_ask,
    run=_search_collection,
)
