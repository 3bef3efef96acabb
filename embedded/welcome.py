"""What a newcomer reads once Larder answers: the credentials, which are shown only once, and the address."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any


def credentials(facts: Mapping[str, Any]) -> str:
    """What `manage.py provision` made; empty where it made nothing."""
    lines = []
    if facts["admin_password"]:
        lines += ["", f"  Sign in as admin with the password {facts['admin_password']}"]
    if facts["keys"]:
        lines += ["", "  Access keys, ready to paste into a shell:", ""]
        lines += [f"    export LARDER_{role.upper()}_KEY={key}" for role, key in facts["keys"].items()]
    if lines:
        lines += ["", "  Shown this once: only digests are kept."]
    return "\n".join(lines)


def welcome(web_url: str, *, data_dir: Path) -> str:
    return f"\n  Larder is ready at {web_url}\n  Its data is kept in {data_dir}. Ctrl-C stops everything.\n"
