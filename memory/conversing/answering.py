"""One answer of a model, within its time and the context's budget, and nothing else than was asked for."""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar

from django.conf import settings
from pydantic import AfterValidator, BaseModel, StringConstraints, ValidationError

from memory.budget import prepare_for_model, readers_of, record_usage
from memory.errors import MemoryInvalid, ModelBusy, ModelMissing, ModelUnavailable
from memory.extraction.models.apis import Message, Reply
from memory.extraction.models.decoding import decode
from memory.extraction.models.faults import ModelFault, ReplyInvalid, ServerBusy
from memory.extraction.models.prompt import repair_of
from memory.extraction.models.reader import ModelReader
from memory.extraction.reading import Usage
from memory.extraction.tally import count_call
from memory.models import Context
from memory.vocabulary.sanitising import UNSEEN


def _seen(text: str) -> str:
    """Without what only a machine would read, and no longer than a turn may be."""
    found = UNSEEN.sub("", text).strip()[: settings.MEMORY_TURN_CHARS]
    if not found:
        raise ValueError("is blank")
    return found


Prose = Annotated[str, StringConstraints(strict=True), AfterValidator(_seen)]
"""What a model wrote for people to read; its lines stay."""

Answer = TypeVar("Answer", bound=BaseModel)


def model_of(context: Context, *, named: str = "") -> ModelReader:
    """The strongest that there is, else the one that is named. Raises ModelMissing, and MemoryInvalid for another."""
    readers = [reader for _, reader in readers_of(context)]
    if not readers:
        raise ModelMissing(f"The context {context.pk} has no model server; MEMORY_MODEL_URL and _FAST_MODEL name one.")
    found = [reader for reader in readers if reader.model == named] if named else readers
    if not found:
        raise MemoryInvalid(f"model is one of {', '.join(reader.model for reader in readers)}, not {named!r:.100}.")
    return found[-1]


def ask(
    context: Context,
    reader: ModelReader,
    messages: Sequence[Message],
    *,
    shape: type[Answer],
    schema: Mapping[str, Any],
    now: datetime,
) -> Answer:
    """Call it outside of a transaction. What is no answer is asked for once more, with what was wrong.

    Raises BudgetSpent, ModelBusy and ModelUnavailable. What it cost is written down whatever comes of it.
    """
    prepare_for_model(context, now=now)
    usage: list[Usage] = []
    try:
        return _answer(reader, messages, shape=shape, schema=schema, usage=usage)
    except ServerBusy as busy:
        raise ModelBusy(str(busy), retry_after_s=max(1, round(busy.retry_after_s))) from busy
    except ModelFault as fault:
        raise ModelUnavailable(str(fault)) from fault
    finally:
        record_usage(context, usage, now=now)


def _answer(
    reader: ModelReader,
    messages: Sequence[Message],
    *,
    shape: type[Answer],
    schema: Mapping[str, Any],
    usage: list[Usage],
) -> Answer:
    ends_at = time.monotonic() + reader.timeout_s
    reply = Reply(text="")
    try:
        reply = reader.ask(messages, schema, ends_at=ends_at, usage=usage)
        return _judged(reader, reply, shape)
    except ReplyInvalid as invalid:
        repair = repair_of(messages, reply=reply.text, faults=invalid.faults)
    return _judged(reader, reader.ask(repair, schema, ends_at=ends_at, usage=usage), shape)


def _judged(reader: ModelReader, reply: Reply, shape: type[Answer]) -> Answer:
    try:
        found = _read(reply, shape)
    except ReplyInvalid as invalid:
        count_call(reader.model, invalid.outcome)
        raise
    count_call(reader.model, "read")
    return found


def _read(reply: Reply, shape: type[Answer]) -> Answer:
    if reply.fault:
        raise ReplyInvalid([reply.fault])
    try:
        return shape.model_validate(decode(reply.text))
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, each['loc'])) or 'it'}: {each['msg']}" for each in error.errors()[:5]]
        raise ReplyInvalid(faults) from None
