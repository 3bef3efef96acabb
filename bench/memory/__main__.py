import argparse
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from bench.compare.report import Row, table
from bench.memory import __doc__ as about
from bench.memory.beside import compare
from bench.memory.conversations import read_conversations
from bench.memory.facts import measure_facts
from bench.memory.ours import OurSide, model_variables, our_stack
from bench.memory.scripted import scripted_model
from bench.memory.theirs import their_side


def main() -> None:
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", type=Path, help="conversations, a line each")
    parser.add_argument(
        "--peer", type=Path, help="the Python of the peer's environment; none: only Larder's own figures"
    )
    parser.add_argument("--facts", type=int, default=100_000, help="0: none of that (default: %(default)s)")
    parser.add_argument("--turns", type=int, default=400, help="timed above the facts (default: %(default)s)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="larder-memory-", ignore_cleanup_errors=True) as folder:
        rows = [*_beside(arguments, Path(folder)), *_above_facts(arguments, Path(folder))]
    print(table(rows))


def _beside(arguments: argparse.Namespace, folder: Path) -> Iterator[Row]:
    if not arguments.peer:
        return
    (folder / "peer").mkdir()
    (folder / "ours").mkdir()
    with ExitStack() as running:
        model = running.enter_context(scripted_model())
        stack = running.enter_context(our_stack(folder / "ours", **model_variables(model.url)))
        ours = OurSide(stack, stack.key("admin"))
        running.callback(ours.close)
        theirs = running.enter_context(their_side(arguments.peer, model.url, folder / "peer"))
        yield from compare(list(read_conversations(arguments.cases)), ours, theirs, model)
        for error in theirs.errors:
            print(f"the peer raised {error}")


def _above_facts(arguments: argparse.Namespace, folder: Path) -> Iterator[Row]:
    if arguments.facts:
        (folder / "facts").mkdir()
        with our_stack(folder / "facts") as stack:
            yield from measure_facts(stack, facts=arguments.facts, turns=arguments.turns)


if __name__ == "__main__":
    main()
