import argparse
import sys
import tempfile
from pathlib import Path

from bench.scheduler import __doc__ as about
from bench.scheduler import runs, ticks
from bench.scheduler.stacks import servers, stack

BARE = {"beats": ticks.beats, "ticks": ticks.costs}
WHOLE = {"burst": runs.burst, "steady": runs.steady, "slow": runs.slow}


def main() -> None:
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=[*BARE, *WHOLE])
    parser.add_argument("--count", type=int, help="how many providers (default: as above)")
    parser.add_argument("--data-dir", type=Path, help="of a running stack")
    arguments = parser.parse_args()
    count = {"count": arguments.count} if arguments.count else {}
    with tempfile.TemporaryDirectory(prefix="larder-bench-") as directory:
        if arguments.part in BARE:
            with servers(Path(directory)):
                BARE[arguments.part](**count)
        else:
            with stack(arguments.data_dir, Path(directory)) as running:
                WHOLE[arguments.part](running, **count)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
