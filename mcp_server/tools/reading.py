"""`read_document`: one document, as much of it as fits."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from accounts.access import ALL
from accounts.limits import Verb
from core.fields import Text
from knowledge.browsing.visible import the_one, visible_documents
from knowledge.search.budget import list_within_budget
from mcp_server.caller import AgentCaller
from mcp_server.tools.base import Arguments, Tool, ToolAnswer, for_readers
from mcp_server.tools.hits import head_lines, told_document

MOST_CHARS = 100_000

may_read = for_readers(Verb.READ, obeyed=ALL)


class ReadArguments(Arguments):
    id: Text = Field(min_length=1, description="The document's id, as a search gave it.")
    source: Text = Field("", description="Its source; needed only where several sources have a document of this id.")
    offset: Annotated[int, Field(ge=0)] = Field(0, description="The character to begin at, from 0.")
    max_chars: Annotated[int, Field(ge=1, le=MOST_CHARS)] = Field(20_000, description="How many characters at most.")


def _read_document(given: ReadArguments, who: AgentCaller, now: datetime) -> ToolAnswer:
    with list_within_budget():
        document = the_one(visible_documents(who.store, given.source, now), given.id)
    end = min(given.offset + given.max_chars, len(document.content))
    part = document.content[given.offset : end]
    next_offset = end if end < len(document.content) else None
    data = told_document(document) | {
        "content": part,
        "offset": given.offset,
        "next_offset": next_offset,
        "total_chars": len(document.content),
    }
    lines = [*head_lines(document), "text:", part]
    if next_offset is not None:
        lines.append(
            f"… goes on: {next_offset:,} of {len(document.content):,} characters read; next offset {next_offset}."
        )
    return ToolAnswer(text="\n".join(lines), data=data)


read_document = Tool(
    name="read_document",
    title="Read a document",
    description="The text of one document with its tags and metadata. Long ones come in parts: call again with the "
    "next_offset of the answer.",
    arguments=ReadArguments,
    check=may_read,
    run=_read_document,
)
