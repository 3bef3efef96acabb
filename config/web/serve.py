"""granian with Larder loaded before its workers are. On Linux they are forks, which share it: a further one
(also one in place of another that died) starts at once. Elsewhere each loads it for itself. See docs/decisions/0300.

    python -m config.web.serve OPTIONS    as of granian; the interface and the application are Larder's
"""

import gc
import multiprocessing
import os
import sys
from importlib import import_module

import django
from django.core.exceptions import ImproperlyConfigured
from granian.cli import entrypoint

APPLICATION = "config.web.wsgi:application"
MODULES = ("config.urls", "config.web.fast_path", "config.web.middleware", "knowledge.search.index")


def preload() -> None:
    """Modules alone: a thread, a connection or an open file would not come through a fork whole."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        django.setup()
        for name in MODULES:
            import_module(name)
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    gc.freeze()  # who collects them writes to pages that are shared


if __name__ == "__main__":
    if sys.platform == "linux":
        multiprocessing.set_start_method("fork")
        preload()
    sys.argv += ["--interface", "wsgi", APPLICATION]
    entrypoint()  # type: ignore[no-untyped-call]
