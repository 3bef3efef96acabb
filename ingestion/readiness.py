"""What ingestion has to say about whether all is well: how tightly readers of files are confined here."""

import subprocess

from core.linux.kernel import ON_LINUX
from ingestion.extract.sandbox import doors_left_open
from providers.system.readiness import ReadinessRow

NAME = "reader confinement"
SHUT = "Readers of files reach no network, read no other files, start nothing, and are never root."
FIX = (
    "Give web and worker a kernel of 5.13 or later with Landlock and seccomp, and a container that lets them use both "
    "(Docker 23 and later do); or let only files in that you trust."
)


def confinement_rows() -> list[ReadinessRow]:
    """Asked of this process's own machine, which starts readers as a worker does. Other systems than Linux cannot."""
    try:
        doors = doors_left_open()
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        return [ReadinessRow(name=NAME, state="warn", detail=f"No reader could be started: {error}", fix=FIX)]
    if not doors:
        return [ReadinessRow(name=NAME, state="ok", detail=SHUT)]
    may = "; ".join(f"{door} ({why})" for door, why in doors.items())
    detail = f"Readers of files could {may}."
    return [ReadinessRow(name=NAME, state="warn" if ON_LINUX else "ok", detail=detail, fix=FIX if ON_LINUX else "")]
