"""What is shut, by any one of the measures that are named with it; and for a reader as it starts here, what is not.

`python -m ingestion.extract.confinement.doors` confines itself as a reader does and prints the doors that stay open.
"""

import json
from collections.abc import Mapping

from ingestion.extract.confinement.measures import confine

DOORS = {
    "reach the network": ("a network namespace", "seccomp"),
    "read other files": ("Landlock",),
    "start processes": ("a limit of processes", "seccomp"),
    "start programs": ("Landlock", "seccomp"),
    "signal or trace other processes": ("seccomp",),
    "be root": ("an account",),
    "gain privileges": ("no_new_privs",),
    "be looked into": ("a process that is not dumpable",),
}


def open_doors(refused: Mapping[str, str]) -> dict[str, str]:
    """What a reader may do and should not, with the reason, such as "Landlock: Function not implemented"."""
    return {
        door: "; ".join(f"{measure}: {refused[measure]}" for measure in measures)
        for door, measures in DOORS.items()
        if all(measure in refused for measure in measures)
    }


if __name__ == "__main__":
    print(json.dumps(open_doors(confine())))
