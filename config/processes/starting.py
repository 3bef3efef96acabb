"""What the web process, a worker and the scheduler do first."""

import logging

from django.core.exceptions import ImproperlyConfigured
from django.db import ProgrammingError, connection

from config.checks import judge_start
from config.database import DATABASE_DOWN
from config.postgresql.limits import DatabaseWork, work_as
from core.clock import database_now
from core.linux.kernel import hide_process
from providers.ownership import DatabaseForeign, claim_database

log = logging.getLogger("larder.settings")


def start_as(work: DatabaseWork) -> None:
    """Raises ImproperlyConfigured with a sentence for each setting that is wrong; doubtful ones are logged."""
    hide_process()
    work_as(work)
    for doubt in judge_start():
        log.warning("%s", doubt)
    _claim()


def _claim() -> None:
    """A database that is away, or has no tables yet, is not asked again: what needs it fails by itself."""
    try:
        claim_database(now=database_now())
    except DatabaseForeign as foreign:
        raise ImproperlyConfigured(str(foreign)) from foreign
    except (*DATABASE_DOWN, ProgrammingError) as error:
        log.warning("whose database it is could not be asked: %s", error)
    finally:
        connection.close()
