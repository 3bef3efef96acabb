"""What can go wrong in a memory. Errors know no HTTP; `config.statuses` holds the one table.

LarderError
├── MemoryInvalid           malformed: a wrong type, an unknown mode, a bad scope path
├── MemoryTooLarge          a turn, a batch or a file beyond its limit
├── ContextNotFound
├── MemoryNotFound          a session, entity, fact, document, trace, key or principal
├── MemoryConflict          a name that is taken, an Idempotency-Key with another body or still in flight
├── MemoryForbidden         a verb or a path outside of the key's region
├── ModelMissing            what needs a model server, where there is none
├── ModelUnavailable        there is one, and it gave no answer that could be used
├── BudgetSpent             `retry_after_s` in `extra`
│   └── ModelBusy           the models' server itself asks to be left alone
└── NotImplementedHere      published, and not offered: says what is offered instead
"""

from core.errors import LarderError


class MemoryInvalid(LarderError):
    code = "invalid_memory_request"


class MemoryTooLarge(LarderError):
    code = "memory_too_large"


class ContextNotFound(LarderError):
    code = "context-not-found"


class MemoryNotFound(LarderError):
    code = "not_found"


class MemoryConflict(LarderError):
    code = "conflict"


class MemoryForbidden(LarderError):
    code = "forbidden"


class ModelMissing(LarderError):
    code = "no-model"


class ModelUnavailable(LarderError):
    code = "model_unavailable"


class BudgetSpent(LarderError):
    code = "budget_spent"


class ModelBusy(BudgetSpent):
    pass


class NotImplementedHere(LarderError):
    code = "not_implemented"
