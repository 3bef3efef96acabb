import argparse
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from bench.compare.programs import ROOT
from bench.stress import __doc__ as about
from bench.stress.pushers import pushers
from bench.stress.scene import Scene, filled
from bench.stress.worst import worst

SECTIONS: dict[str, Callable[[Scene], None]] = {"pushers": pushers, "worst": worst}


def main() -> None:
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sections", nargs="*", metavar="section", help=f"of {', '.join(SECTIONS)}; none: all")
    parser.add_argument("--documents", type=int, default=25_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--root", type=Path, default=ROOT)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="larder-stress-") as made, ExitStack() as beside:
        folder = asked.folder or Path(made)
        scene = beside.enter_context(filled(folder, documents=asked.documents, root=asked.root))
        for name in asked.sections or SECTIONS:
            SECTIONS[name](scene)


if __name__ == "__main__":
    main()
