"""`list_tags` and `list_sources`: what a search may be narrowed to."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from accounts.limits import Verb
from core.fields import Text
from knowledge.browsing.stats import source_stats, tag_counts
from knowledge.browsing.visible import readable_source
from knowledge.search.budget import list_within_budget
from mcp_server.caller import AgentCaller
from mcp_server.tools.base import Arguments, Tool, ToolAnswer, for_readers

MOST_TAGS = 1_000


class TagsArguments(Arguments):
    source: Text = Field("", description="Only tags of this source's documents; empty: of all.")
    limit: Annotated[int, Field(ge=1, le=MOST_TAGS)] = Field(100, description="How many at most, the most used first.")


class SourcesArguments(Arguments):
    """Nothing is needed."""


def _list_tags(given: TagsArguments, who: AgentCaller, now: datetime) -> ToolAnswer:
    with list_within_budget():
        found = tag_counts(now=now, source=readable_source(who.store, given.source), limit=given.limit)
    lines = [f"{each.tag}: {each.documents:,} documents" for each in found] or ["There are no tags."]
    return ToolAnswer(
        text="\n".join(lines), data={"tags": [{"tag": each.tag, "documents": each.documents} for each in found]}
    )


def _list_sources(given: SourcesArguments, who: AgentCaller, now: datetime) -> ToolAnswer:
    with list_within_budget():
        every = source_stats(now=now, source=who.store.source)
    found = [each for each in every if who.store.reaches(each.source)]
    lines = [f"{each.source}: {each.documents:,} documents" for each in found] or ["There are no sources."]
    told = [
        {
            "source": each.source,
            "documents": each.documents,
            "last_stored_at": each.last_stored_at.isoformat() if each.last_stored_at else None,
        }
        for each in found
    ]
    return ToolAnswer(text="\n".join(lines), data={"sources": told})


list_tags = Tool(
    name="list_tags",
    title="List the tags",
    description="The tags that documents carry, the most used first, with how many documents have each. For the `tags` "
    "of a search.",
    arguments=TagsArguments,
    check=for_readers(Verb.READ, obeyed=()),
    run=_list_tags,
)
list_sources = Tool(
    name="list_sources",
    title="List the sources",
    description="Where documents come from, with how many each has. For the `source` of a search.",
    arguments=SourcesArguments,
    check=for_readers(Verb.READ, obeyed=("sources",)),
    run=_list_sources,
)
