"""`python -m bench`: measure every line, print the table as it grows, write it as JSON.

Needs Larder in `.venv`, and the peers of `requirements-bench.txt` in the Python that runs this; `make bench` installs
both.
"""

import argparse
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.compare.corpus import WIDTH
from bench.compare.parts.catalogue import NAMES, PARTS, measure
from bench.compare.report import Row, table, write_json
from bench.compare.sizes import PEERS, Asked, Sizes

LEAST_DOCUMENTS = 1_000
WIDTHS = (WIDTH, 768, 1024)


def main() -> None:
    arguments = read_arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # everything is stopped, as after Ctrl-C
    began, rows = time.monotonic(), list[Row]()
    with working_folder(arguments.keep) as folder:
        asked = asked_by(arguments, folder)
        try:
            for row in measure(asked, arguments.only or list(PARTS)):
                rows.append(row)
                print(f"{time.monotonic() - began:5.0f} s  {row.sentence}", flush=True)
        finally:  # also of a run that was cut short
            print("\n" + table(rows))
            write_json(rows, arguments.json, asked=asked.described(), seconds=time.monotonic() - began)


def asked_by(arguments: argparse.Namespace, folder: Path) -> Asked:
    sizes = Sizes().tenth() if arguments.quick else Sizes()
    return Asked(
        sizes=sizes.of(arguments.documents) if arguments.documents else sizes,
        folder=folder,
        width=arguments.width,
        index=arguments.index,
        earlier=arguments.earlier and arguments.earlier.resolve(),
        peers=tuple(arguments.peer or PEERS),
    )


@contextmanager
def working_folder(keep: Path | None) -> Iterator[Path]:
    """One that is gone afterwards, unless somebody names one to keep."""
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.resolve()
    else:
        with tempfile.TemporaryDirectory(prefix="larder-bench-", ignore_cleanup_errors=True) as folder:
            yield Path(folder)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="a tenth of everything, in some minutes")
    parser.add_argument(
        "--only", action="append", choices=NAMES, metavar="PART[.LINE]", help="may be given again: " + ", ".join(NAMES)
    )
    parser.add_argument("--documents", type=documents, metavar="N", help="in the stores that questions are asked of")
    parser.add_argument("--width", type=int, choices=WIDTHS, default=WIDTH, help="of vectors that are made up")
    parser.add_argument("--peer", action="append", choices=PEERS, help="asked beside Larder; default: each")
    parser.add_argument("--index", metavar="NAME", help="SEARCH_INDEX of Larder; default: its own")
    parser.add_argument("--earlier", type=Path, metavar="CHECKOUT", help="installed in its .venv, to compare with")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="work there; stores that it holds are used again")
    parser.add_argument("--json", type=Path, default=Path("bench.json"), metavar="FILE", help="default: %(default)s")
    return parser.parse_args()


def documents(text: str) -> int:
    if (number := int(text)) < LEAST_DOCUMENTS:
        raise argparse.ArgumentTypeError(f"at least {LEAST_DOCUMENTS:,}")
    return number
