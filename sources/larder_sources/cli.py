"""`larder-source NAME config.yaml`: serve a source as a provider, sync it once, or check its configuration."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sqlite3
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from larder_sdk import LarderError

from larder_sources.changes import SourceUnavailable
from larder_sources.config import ConfigRefused, Configured, read_config
from larder_sources.environment import VariableMissing, default_state_dir, place_from, variable
from larder_sources.kinds import KindUnavailable
from larder_sources.ledger import LedgerInUse
from larder_sources.serving import create_app, serve, sync_once
from larder_sources.syncing import NothingReadable

REFUSED = 2
FAILED = 1


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    directory = options.state_dir or default_state_dir()
    try:
        configured = read_config(options.config, options.name, environment=os.environ, state_dir=directory)
        if options.check:
            print(f"{configured.name}: {configured.source.check()}")
        else:
            _run(configured, options, directory)
    except (ConfigRefused, KindUnavailable, VariableMissing) as refused:
        print(refused, file=sys.stderr)
        return REFUSED
    except (SourceUnavailable, NothingReadable, LedgerInUse, LarderError, OSError, sqlite3.Error) as failed:
        print(f"{options.name}: {failed}", file=sys.stderr)
        return FAILED
    return 0


def _run(configured: Configured, options: argparse.Namespace, directory: Path) -> None:
    place = place_from(configured.name, state_dir=directory)
    if options.once:
        sync_once(configured, place, stop=threading.Event())
        return
    app = create_app(configured, place, secret=variable("LARDER_PROVIDER_SECRET"))
    print(f"{configured.name} on http://{options.host}:{options.port}", file=sys.stderr)
    asyncio.run(serve(app, host=options.host, port=options.port))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="larder-source", description="A source of documents as a provider of Larder")
    parser.add_argument("name", help="the source in the file, which is the id of its provider, too")
    parser.add_argument("config", type=Path, help="a YAML file with `sources:`")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--once", action="store_true", help="sync once, without a provider, and end")
    what.add_argument("--check", action="store_true", help="check the configuration, reach the source, and end")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument("--state-dir", type=Path, help="where it notes what Larder has (or LARDER_SOURCES_DIR)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
