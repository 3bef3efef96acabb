import os
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.checks import judge_settings
from core.linux.kernel import hide_process
from embedded.child import StackRefused
from embedded.combined_log import CombinedLog, wants_colour
from embedded.ports import free_port
from embedded.processes import NAME
from embedded.up import Up, run_up

LONGEST_NAME = len("postgres")

MOST_PORT = 65_535


class Command(BaseCommand):
    help = "Run all of Larder on this machine: PostgreSQL, Redis, web, worker, beat and a demo provider."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
        parser.add_argument(
            "--port", type=int, default=8000, help="port to listen on, 0 for a free one (default: %(default)s)"
        )
        parser.add_argument(
            "--data-dir",
            type=Path,
            help=f"where everything is kept (default: {settings.DATA_DIR})",
        )
        parser.add_argument("--no-demo", dest="demo", action="store_false", help="leave the demo provider out")

    def handle(self, *, host: str, port: int, data_dir: Path | None, demo: bool, **options: Any) -> None:
        if not 0 <= port <= MOST_PORT:
            raise CommandError(f"A port is a number from 0, which is any free one, to {MOST_PORT}; {port} is none.")
        hide_process()
        where = (data_dir or settings.DATA_DIR).expanduser().resolve()
        up = Up(host=host, port=port or free_port(), data_dir=where, demo=demo)
        doubts = judge_settings()
        log = CombinedLog(sys.stdout, width=LONGEST_NAME, coloured=wants_colour(sys.stdout))
        for doubt in doubts:
            log.write(NAME, f"WARNING {doubt}")
        try:
            run_up(up, log=log)
        except StackRefused as refused:
            raise CommandError(str(refused)) from refused
        except PermissionError as error:
            raise CommandError(
                f"{error.filename} belongs to another user than {os.geteuid()}. "
                "Start Larder as that user, or choose another --data-dir."
            ) from error
        except OSError as error:
            raise CommandError(
                f"Larder cannot keep its data in {where}: {error.strerror or error}. Choose another with --data-dir."
            ) from error
