"""A process that no agent calls does without the protocol's library."""

import subprocess
import sys

from tests import ROOT

LOOK = """
import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
import django
django.setup()
import config.urls, config.mcp.endpoint, config.management.commands.mcp
print(sorted({name.partition(".")[0] for name in sys.modules} & {"mcp", "mcp_types", "starlette", "httpx2", "uvicorn"}))
"""


def test_the_library_is_imported_by_the_first_message_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOOK], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
