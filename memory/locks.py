"""Who writes to a context, one at a time: then nobody else decides what is known there, also of what is not there yet.

It is the lock of the context's source in the store, which every write takes anyway; taken first, it leaves no two
orders to take locks in. Models and embedders are asked before it, so it is held for milliseconds.

See docs/decisions/0171.
"""

from knowledge.embedding.vector_space import hold_models
from knowledge.locks import lock_sources
from memory.errors import ContextNotFound
from memory.models import Context


def hold_context(context: Context) -> None:
    """Until the transaction ends. Raises what the database does where it takes too long."""
    hold_models()
    lock_sources([context.source])


def hold_living(context: Context) -> None:
    """As `hold_context`. Raises ContextNotFound where it was deleted while this one waited."""
    hold_context(context)
    if not Context.objects.filter(pk=context.pk).exists():
        raise ContextNotFound(f"There is no context {context.pk!r:.100}.")
