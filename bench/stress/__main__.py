import argparse
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from bench.compare.programs import ROOT
from bench.stress import __doc__ as about
from bench.stress.connections import connections
from bench.stress.faults import FAULTS, run_faults
from bench.stress.pushers import pushers
from bench.stress.scene import Scene, filled
from bench.stress.stopped import stopped
from bench.stress.worst import worst

SECTIONS: dict[str, Callable[[Scene], None]] = {
    "pushers": pushers,
    "worst": worst,
    "connections": connections,
    "stopped": stopped,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "sections", nargs="*", metavar="section", help=f"of {', '.join([*SECTIONS, *FAULTS])}; none: all"
    )
    parser.add_argument("--documents", type=int, default=25_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--root", type=Path, default=ROOT)
    asked = parser.parse_args()
    names = asked.sections or [*SECTIONS, *FAULTS]
    if unknown := set(names) - {*SECTIONS, *FAULTS}:
        parser.error(f"no section {', '.join(sorted(unknown))}")
    missed: list[str] = []
    if sections := [name for name in names if name in SECTIONS]:
        missed += run(sections, asked)
    if faults := [name for name in names if name in FAULTS]:
        missed += run_faults(faults)
    print("\nevery goal is reached" if not missed else f"\nmissed: {'; '.join(missed)}", flush=True)
    sys.exit(1 if missed else 0)


def run(sections: list[str], asked: argparse.Namespace) -> list[str]:
    """The goals that were missed."""
    with tempfile.TemporaryDirectory(prefix="larder-stress-") as made, ExitStack() as beside:
        folder = asked.folder or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        scene = beside.enter_context(filled(folder, documents=asked.documents, root=asked.root))
        for name in sections:
            SECTIONS[name](scene)
    return scene.goals.missed


if __name__ == "__main__":
    main()
