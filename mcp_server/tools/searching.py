"""`search`: the few passages that matter."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from accounts.access import ALL
from accounts.limits import Verb
from core.fields import Text
from knowledge.browsing.visible import asked_by, check_length
from knowledge.filters.parsing import parse_filter
from knowledge.reranking.reordering import ask
from knowledge.search import Mode, Query
from knowledge.tagexpr import parse_tags
from mcp_server.caller import AgentCaller
from mcp_server.tools.base import Arguments, Tool, ToolAnswer, for_readers
from mcp_server.tools.hits import told_answer

MOST_TOP_K = 50
"""A model reads what it is sent: more passages than that are no answer."""

may_ask = for_readers(Verb.QUERY, obeyed=ALL)


class AskArguments(Arguments):
    """What every search takes."""

    text: Text = Field(
        min_length=1,
        description="The question or the words to look for, as a person would put it. Identifiers such as error codes, "
        'part numbers or file names are found as they are written; "words in quotes" have to stand side by side.',
    )
    tags: Text = Field(
        "",
        description="Only documents with these tags: + is and, | is or, such as policy+finance|executive. "
        "list_tags names the tags that there are.",
    )
    filter: dict[str, Any] = Field(
        default_factory=dict,
        description="Only documents whose metadata or own fields pass. A comparison is "
        '{"key": "metadata.year", "op": "gte", "value": 2020}; keys are metadata.<name> or id, source, content, '
        "language, tags, created_at, updated_at, expires_at; op is eq, ne, gt, gte, lt, lte, in, nin, contains, "
        'text_match or is_empty. Join them as {"and": [...]}, {"or": [...]}, {"not": {...}}.',
    )
    mode: Literal["hybrid", "semantic", "keyword"] = Field(
        "hybrid",
        description="hybrid: by meaning and by words, best for most questions; semantic: by meaning alone; keyword: by "
        "words alone, for identifiers and exact terms.",
    )
    top_k: Annotated[int, Field(ge=1, le=MOST_TOP_K)] = Field(8, description="How many passages at most.")
    rerank: bool | None = Field(
        None, description="true has the best passages put in a better order, where the server can; it takes longer."
    )
    exclude_flags: bool = Field(
        False, description="true leaves out documents that may hold orders to a model or hidden text."
    )


class SearchArguments(AskArguments):
    source: Text = Field("", description="Only documents of this source, as list_sources names it; empty: of all.")


def answer_question(given: AskArguments, who: AgentCaller, now: datetime, *, source: str) -> ToolAnswer:
    """Raises QueryInvalid, TagExpressionInvalid, FilterInvalid, SourceForbidden, EmbedderUnavailable, QueryTimeout."""
    check_length(given.text)
    asked = Query(
        text=given.text,
        tags=parse_tags(given.tags),
        top_k=given.top_k,
        mode=Mode(given.mode),
        exclude_flags=given.exclude_flags,
        filter=parse_filter(given.filter or None),
        rerank=given.rerank,
    )
    return told_answer(ask(asked_by(who.store, asked, source=source), now=now))


def _search(given: SearchArguments, who: AgentCaller, now: datetime) -> ToolAnswer:
    return answer_question(given, who, now, source=given.source)


search = Tool(
    name="search",
    title="Search the knowledge store",
    description="Finds the passages of stored documents that answer a question, best first. Each has an id and a "
    "source for read_document, and what to cite it as. Ask again rather than keep an answer: documents change and "
    "expire.",
    arguments=SearchArguments,
    check=may_ask,
    run=_search,
)
