"""Messages of another version of Larder: while one is replaced by the next, both send and both read.

A task that this version does not know is left out by Celery, one with other arguments here. Neither is lost work: rows
are the truth, and what is still to be done is told again by a tick. `config.observability.outage_filter` has the line.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from celery import Task
from celery.exceptions import Ignore

log = logging.getLogger("larder.messages")


class CheckedTask(Task):  # type: ignore[misc]
    def before_start(self, task_id: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """Nothing is begun with arguments that the task does not take. Raises Ignore."""
        try:
            self.__header__(*args, **kwargs)
        except TypeError as error:
            log.warning("a message of another version is left out, %s: %s", self.name, error)
            raise Ignore from error
