"""Every page of the dashboard over a store of a million documents, a thousand providers and a million runs.

    .venv/bin/python -m bench.dashboard [--keep FOLDER] [--documents 1000000] [--providers 1000] [--runs 1000000]
                                        [--files 100000]

Fills a Larder of its own, signs in over HTTP and asks for each page and fragment of `dashboard.urls`, also under
filters and deep in long lists. Prints for each: the median time over loopback, how many statements the page sends to
the database and the slowest of them, and the bytes of its first load, with all that it links, as a browser gets them.
Filling takes long: `--keep` a folder, and the store in it is used again. Needs what `make bench` installs, too.
"""

import argparse
import json
import os
import re
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

import django
import psycopg

from bench.compare.corpus import make_corpus
from bench.compare.stack import Stack, larder, ready_embedder
from bench.compare.store import connected, fill, is_filled
from bench.file_rows import fill_files, has_files
from bench.history import Sizes, fill_history, has_history
from bench.pages import FIRST_ROWS, USER, pages

PASSWORD = "a password for one hour"
SIGN_UP = f"""
from django.contrib.auth import get_user_model
user, _ = get_user_model().objects.get_or_create(username={USER!r}, defaults=dict(is_staff=True, is_superuser=True))
user.set_password({PASSWORD!r})
user.save()
"""
TIMES = 7
MOST_MS, MOST_STATEMENTS, MOST_BYTES = 100, 12, 100_000


@dataclass(frozen=True, kw_only=True)
class Measured:
    """`statements` with the milliseconds that each took; `first_load` None for a fragment."""

    name: str
    address: str
    status: int
    median_ms: float
    statements: list[tuple[float, str]]
    body_bytes: int
    first_load: int | None = None

    @property
    def slowest_ms(self) -> float:
        return max((ms for ms, _ in self.statements), default=0)

    @property
    def is_well(self) -> bool:
        quick = self.median_ms < MOST_MS and len(self.statements) <= MOST_STATEMENTS
        return quick and self.status == 200 and (self.first_load or 0) < MOST_BYTES


def main() -> None:
    arguments = read_arguments()
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # a shell's background job would ignore it, and its children
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sizes = Sizes(**{name: getattr(arguments, name) for name in asdict(Sizes())})
    with ExitStack() as beside:
        folder = arguments.keep or Path(beside.enter_context(tempfile.TemporaryDirectory(prefix="larder-pages-")))
        stack = beside.enter_context(filled(sizes, folder))
        if arguments.only_fill:
            return
        found = list(measure_pages(stack, only=arguments.only))
    found.sort(key=lambda page: -page.median_ms)
    print(table(found))
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(page) for page in found], indent=1) + "\n")


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, count in asdict(Sizes()).items():
        parser.add_argument(f"--{name}", type=int, default=count, help="default: %(default)s")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="work there; a store that it holds is used again")
    parser.add_argument("--only-fill", action="store_true", help="fill the store and stop")
    parser.add_argument("--only", default="", help="a regular expression over the names of pages")
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


@contextmanager
def filled(sizes: Sizes, folder: Path) -> Iterator[Stack]:
    """A running stack with all of it; the same store that `python -m bench --only scale --keep` leaves in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    corpus = make_corpus(sizes.documents, questions=500, folder=folder)
    with ready_embedder(corpus) as variables, larder(folder / f"scale-{corpus.name}", **variables) as stack:
        stack.make_model()
        with connected(stack.data_dir) as connection:
            if not is_filled(connection):
                fill(connection, corpus, write_words=partial(stack.manage, "rewrite_fulltext"))
            if not has_history(connection):
                fill_history(connection, sizes)
            if not has_files(connection):
                fill_files(connection, files=sizes.files)
        stack.shell(SIGN_UP)
        yield stack


def measure_pages(stack: Stack, *, only: str) -> Iterator[Measured]:
    set_up_django(stack)
    browser = Browser(stack.port)
    browser.sign_in()
    inside = Inside()
    for name, address in pages():
        if not re.search(only, name):
            continue
        status, body = browser.get(address)
        if status in (302, 405):
            continue
        seconds = [browser.timed(address) for _ in range(TIMES)]
        yield Measured(
            name=name,
            address=address,
            status=status,
            median_ms=median(seconds) * 1_000,
            statements=inside.statements(address),
            body_bytes=len(body),
            first_load=browser.first_load(address, body) if b"<html" in body else None,
        )


def set_up_django(stack: Stack) -> None:
    """This process on the stack's database, too: statements are counted here and times taken there."""
    os.environ.update({**stack.variables, "LARDER_DATA_DIR": str(stack.data_dir)})
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()


@dataclass
class Browser:
    """One kept connection with the session's cookies; asks for what a browser would, compressed where it may be."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = HTTPConnection("127.0.0.1", self.port, timeout=60)

    def sign_in(self) -> None:
        _, body = self.get("/login/")
        token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', body)
        assert token
        form = {"username": USER, "password": PASSWORD, "csrfmiddlewaretoken": token.group(1).decode()}
        self._send("POST", "/login/", urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"})

    def get(self, address: str) -> tuple[int, bytes]:
        return self._send("GET", address)

    def timed(self, address: str) -> float:
        """Seconds; of a list that is streamed those to its first rows."""
        began = time.perf_counter()
        self.get(address)
        return time.perf_counter() - began

    def first_load(self, address: str, page: bytes) -> int:
        """Bytes of a page and of the files that it links, as sent to a browser that takes them compressed."""
        files = {each.decode() for each in re.findall(rb'(?:src|href)="(/static/[^"]+)"', page)}
        return sum(len(self._send("GET", each, compressed=True)[1]) for each in (address, *files))

    def _send(
        self, method: str, address: str, body: str = "", headers: dict[str, str] | None = None, compressed: bool = False
    ) -> tuple[int, bytes]:
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), **(headers or {})}
        if compressed:
            sent["Accept-Encoding"] = "gzip, br"
        self.connection.request(method, address, body=body or None, headers=sent)
        answer = self.connection.getresponse()
        for header in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name] = value
        if "csv" not in answer.headers.get("Content-Type", ""):
            return answer.status, answer.read()
        first = answer.read(FIRST_ROWS)
        self.connection.close()
        return answer.status, first


class Inside:
    """The same pages in this process, to see what they send to the database, also past Django's own cursors."""

    def __init__(self) -> None:
        from django.contrib.auth import get_user_model
        from django.test import Client

        self.client = Client(SERVER_NAME="127.0.0.1", raise_request_exception=False)
        self.client.force_login(get_user_model().objects.get(username=USER))
        self.sent: list[tuple[float, str]] = []
        cursors: Any = psycopg.Cursor
        execute = cursors.execute

        def noted(cursor: Any, query: Any, *parameters: Any, **options: Any) -> Any:
            began = time.perf_counter()
            try:
                return execute(cursor, query, *parameters, **options)
            finally:
                if "SELECT set_config(" not in str(query):  # which travels with the statement that it is for
                    self.sent.append(((time.perf_counter() - began) * 1_000, str(query)))

        cursors.execute = noted

    def statements(self, address: str) -> list[tuple[float, str]]:
        """Of the second time: what is remembered for a while is no work of each page."""
        self.ask(address)
        self.sent.clear()
        self.ask(address)
        return list(self.sent)

    def ask(self, address: str) -> None:
        response: Any = self.client.get(address)
        if response.streaming:
            next(iter(response.streaming_content))


def table(found: list[Measured]) -> str:
    """In Markdown, the slowest first."""
    lines = [
        "| page | median | statements | slowest statement | page | first load | within |",
        "|---|" + "---:|" * 5 + "---|",
    ]
    for page in found:
        cells = [page.name, f"{page.median_ms:.1f} ms", str(len(page.statements)), f"{page.slowest_ms:.1f} ms"]
        first_load = "" if page.first_load is None else f"{page.first_load / 1_000:.0f} kB"
        cells += [f"{page.body_bytes / 1_000:.1f} kB", first_load, "yes" if page.is_well else "no"]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
