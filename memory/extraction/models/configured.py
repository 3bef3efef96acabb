"""The models that the settings name."""

from collections.abc import Sequence

from django.conf import settings

from memory.extraction.models.reader import ModelReader
from memory.extraction.models.server import ModelServer
from memory.extraction.reading import ReadingStage

Readers = Sequence[tuple[ReadingStage, ModelReader]]
"""In the order in which they are asked; none: rules alone."""


def configured_readers() -> Readers:
    if not settings.MEMORY_MODEL_URL:
        return ()
    server = configured_server()
    named = (
        (ReadingStage.FAST, settings.MEMORY_FAST_MODEL, settings.MEMORY_FAST_TIMEOUT_S),
        (ReadingStage.STRONG, settings.MEMORY_STRONG_MODEL, settings.MEMORY_STRONG_TIMEOUT_S),
    )
    return tuple(
        (stage, ModelReader(model=model, server=server, timeout_s=timeout_s))
        for stage, model, timeout_s in named
        if model
    )


def configured_server() -> ModelServer:
    return ModelServer(url=settings.MEMORY_MODEL_URL, api=settings.MEMORY_MODEL_API, key=settings.MEMORY_MODEL_KEY)
