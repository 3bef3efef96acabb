#!/usr/bin/env python
"""Larder's command line: `manage.py help` lists every command."""

import contextlib
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:  # a setting says what is wrong with it
        sys.exit(str(error))


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
