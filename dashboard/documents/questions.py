"""A question as the page puts it, and all that came of it."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.access import limits_of
from accounts.limits import Limits
from accounts.models import Stage
from dashboard.forms import SearchForm
from knowledge.browsing.vocabulary import Meaning, look_up, meaning_of
from knowledge.embedding.embedders.base import EmbedderUnavailable, EmbeddingRefused
from knowledge.reranking.reordering import ask as search_store
from knowledge.search import Answer, Mode, Query
from knowledge.search.budget import QueryTimeout
from knowledge.search.query import tighten
from knowledge.tagexpr import TagExpression, TagExpressionInvalid, parse_tags
from knowledge.writing.scanner import Flag, flag_tags


@dataclass(frozen=True, kw_only=True)
class SearchResult:
    """What became of a question: an answer, or a sentence why there is none.

    `asked` is what was searched for after the stage's `limits`, `wished` what was asked before them.
    """

    wished: Query
    asked: Query
    limits: Limits | None
    answer: Answer | None = None
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A tag expression as it was read: its meaning, or the problem and the text before, at and after it."""

    meaning: Meaning | None = None
    problem: str = ""
    good: str = ""
    wrong: str = ""
    rest: str = ""


def ask(form: SearchForm, *, stages: Mapping[str, Stage], now: datetime) -> SearchResult:
    """Search as an analyzer would with these fields, explained. The form is valid."""
    wished = _query(form.cleaned_data)
    stage = stages.get(form.cleaned_data["stage"])
    limits = None
    if stage is not None:
        limits = limits_of(stage)
    asked = tighten(wished, limits)
    try:
        answer = search_store(asked, now=now)
    except (EmbedderUnavailable, EmbeddingRefused, QueryTimeout) as error:
        return SearchResult(wished=wished, asked=asked, limits=limits, problem=error.detail)
    return SearchResult(wished=wished, asked=asked, limits=limits, answer=answer)


def read_tags(text: str, *, source: str | None, now: datetime) -> Reading:
    """What a tag expression says; nothing for a blank one."""
    try:
        expression = parse_tags(text)
    except TagExpressionInvalid as error:
        at = error.extra["position"]
        return Reading(problem=error.detail, good=text[:at], wrong=text[at : at + 1], rest=text[at + 1 :])
    return Reading(meaning=_meaning(expression, source=source, now=now))


def reading_of(finding: SearchResult, *, now: datetime) -> Reading | None:
    """What the search has read and counted; None where it did not come to that."""
    explained = finding.answer.explanation if finding.answer else None
    if explained is None:
        return None
    if explained.matched is None:
        return Reading()
    return Reading(meaning=meaning_of(explained.branches, explained.matched, now=now))


def as_curl(query: Query, *, url: str) -> str:
    """The same query for a shell; the key comes from LARDER_KEY."""
    body = {
        "text": query.text,
        "tags": str(query.tags) if query.tags else None,
        "source": query.source,
        "top_k": query.top_k,
        "min_score": query.min_score or None,
        "mode": query.mode.value,
        "strategy": "diverse" if query.diverse else None,
        "exclude_tags": list(query.exclude_tags) or None,
        "exclude_flags": query.exclude_flags or None,
        "language": query.language or None,
        "rerank": query.rerank or None,
    }
    given = json.dumps({name: value for name, value in body.items() if value is not None}, ensure_ascii=False)
    return (
        f"curl -sS {shlex.quote(url)} \\\n"
        '  -H "Authorization: Bearer $LARDER_KEY" \\\n'
        "  -H 'Content-Type: application/json' \\\n"
        f"  -d {shlex.quote(given)}"
    )


def _query(asked: Mapping[str, Any]) -> Query:
    return Query(
        text=asked["text"],
        tags=asked["tags"],
        top_k=asked["top_k"],
        min_score=asked["min_score"],
        diverse=asked["strategy"] == "diverse",
        source=asked["source"],
        mode=Mode(asked["mode"]),
        exclude_tags=tuple(flag_tags([asked["without"]] if asked["without"] in set(Flag) else [])),
        exclude_flags=asked["without"] == "flags",
        language=asked["language"],
        explain=True,
        rerank={"yes": True, "no": False}.get(asked.get("rerank", "")),
    )


def _meaning(expression: TagExpression | None, *, source: str | None, now: datetime) -> Meaning | None:
    return look_up(expression, source=source, now=now) if expression else None
