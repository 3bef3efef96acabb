import argparse
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from bench.compare.report import Row, table
from bench.files import __doc__ as about
from bench.files.lifecycle import measure_first, measure_ingest
from bench.files.played import ready_embedder
from bench.files.reading import measure_reading
from bench.files.uploads import VARIABLES, measure_uploads
from bench.files.words import measure_words
from bench.scheduler.stacks import Stack, stack

WHOLE = ("ingest", "first", "uploads")


def main() -> None:
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=["reading", "words", *WHOLE])
    parser.add_argument("folder", type=Path, nargs="?", help="of files to read")
    parser.add_argument("--local", action="store_true", help="vectors by the local model")
    parser.add_argument("--count", type=int, default=10_000, help="small files to file (default: %(default)s)")
    arguments = parser.parse_args()
    print(table(list(measure(arguments))))


def measure(arguments: argparse.Namespace) -> Iterator[Row]:
    if arguments.part == "words" and arguments.folder is None:
        raise SystemExit("Name the folder of files whose words are counted.")
    if arguments.part == "words":
        return measure_words(arguments.folder)
    return measure_reading(arguments.folder) if arguments.part == "reading" else measure_whole(arguments)


def measure_whole(arguments: argparse.Namespace) -> Iterator[Row]:
    with ExitStack() as beside:
        directory = Path(beside.enter_context(tempfile.TemporaryDirectory(prefix="larder-bench-")))
        variables = {} if arguments.local else beside.enter_context(ready_embedder())
        running = beside.enter_context(stack(None, directory, **variables, **VARIABLES))
        parts: dict[str, Callable[[Stack], Iterator[Row]]] = {
            "ingest": lambda running: measure_ingest(running, directory / "files", count=arguments.count),
            "first": measure_first,
            "uploads": measure_uploads,
        }
        yield from parts[arguments.part](running)


if __name__ == "__main__":
    main()
