"""`python -m bench`: measure every line, print the table as it grows, write it as JSON.

Needs Larder in `.venv`, and the peers of `requirements-bench.txt` in the Python that runs this; `make bench` installs
both.
"""

import argparse
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from bench.compare.local import measure_local
from bench.compare.pushes import measure_pushes
from bench.compare.queries import measure_queries
from bench.compare.report import Row, table, write_json
from bench.compare.scale import measure_scale
from bench.compare.sizes import Sizes

PARTS: dict[str, Callable[[Sizes, Path], Iterator[Row]]] = {
    "queries": measure_queries,
    "pushes": measure_pushes,
    "local": measure_local,
    "scale": measure_scale,
}


def main() -> None:
    arguments = read_arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # everything is stopped, as after Ctrl-C
    sizes = Sizes().tenth() if arguments.quick else Sizes()
    began, rows = time.monotonic(), list[Row]()
    try:
        with working_folder(arguments.keep) as folder:
            for part in arguments.only or PARTS:
                for row in PARTS[part](sizes, folder):
                    rows.append(row)
                    print(f"{time.monotonic() - began:5.0f} s  {row.sentence}", flush=True)
    finally:  # also of a run that was cut short
        print("\n" + table(rows))
        write_json(rows, arguments.json, sizes=asdict(sizes), seconds=time.monotonic() - began)


@contextmanager
def working_folder(keep: Path | None) -> Iterator[Path]:
    """One that is gone afterwards, unless somebody names one to keep."""
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
    else:
        with tempfile.TemporaryDirectory(prefix="larder-bench-", ignore_cleanup_errors=True) as folder:
            yield Path(folder)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="a tenth of everything, in less than three minutes")
    parser.add_argument("--only", action="append", choices=PARTS, help="one part; may be given several times")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="work there; stores that it holds are used again")
    parser.add_argument("--json", type=Path, default=Path("bench.json"), metavar="FILE", help="default: %(default)s")
    return parser.parse_args()
