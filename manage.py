#!/usr/bin/env python
"""Larder's command line: `manage.py help` lists every command. Installed, it is called `larder`."""

import contextlib
import os
import sys
from pathlib import Path

HERE = str(Path(__file__).resolve().parent)


def main() -> None:
    if HERE not in sys.path:  # installed, Larder's packages lie beside this file inside `larder_server`
        sys.path.insert(0, HERE)
    with contextlib.suppress(KeyboardInterrupt):
        run()


def run() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import InterfaceError, OperationalError

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:  # a setting says what is wrong with it
        sys.exit(str(error))
    except (OperationalError, InterfaceError) as error:
        if "--traceback" in sys.argv:
            raise
        from config.database import tell_command

        sys.exit(tell_command(error))


if __name__ == "__main__":
    main()
