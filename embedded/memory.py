"""How much memory there is for the embedded servers."""

import os
from pathlib import Path

MIB = 1024 * 1024
CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


def machine_memory(limit: Path = CGROUP_LIMIT) -> int:
    """Bytes of the machine, or of the container where that has less."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        return min(machine, int(limit.read_text()))
    except (OSError, ValueError):  # no such file, or `max`
        return machine


def postgres_memory(total: int) -> dict[str, str]:
    """PostgreSQL's settings for a machine of so many bytes that it shares with Larder's own processes.

    The vector index of a million documents takes some 2 GB. A walk that finds its pages in the shared buffers
    takes a fraction of one that fetches them from the kernel. Memory that no data fills is not taken.
    """
    shared, build = total // 4 // MIB, total // 16 // MIB
    return {
        "shared_buffers": f"{min(max(shared, 128), 8_192)}MB",
        "effective_cache_size": f"{max(total // 2 // MIB, 512)}MB",
        "maintenance_work_mem": f"{min(max(build, 64), 2_047)}MB",
    }
