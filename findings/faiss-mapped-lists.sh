#!/usr/bin/env bash
# faiss-cpu 1.15.1: inverted lists that stay on the disk, and an index whose lists are codes for the fast scan.
#
# One would guess that `read_index` with a flag for mapping maps whatever lists an index has, that mapped lists are searched as
# fast as others once their pages are there, and that a list's entry can be changed where it stands. Seen:
#   - with IO_FLAG_MMAP_IFC the lists of a flat IVF index are mapped, but those of an IVF index for the fast scan are
#     copied into the process: each further process pays for all codes again;
#   - the same codes can be mapped all the same: OnDiskInvertedLists over a file of their blocks answers alike, to the bit;
#   - by its default (`prefetch_nthread` 32) such a search starts threads that touch every page first, each time, and takes a
#     multiple of the processor's time, though nothing is read from a disk; with 0 it costs what lists in memory do;
#   - `lists.at(i).size = n` on the vector of entries changes a copy, silently; `faiss.memcpy` into `data()` does it.
#
# Output: a line for each, then `as described`. Fails when any of it changes.
set -euo pipefail
room="$(mktemp -d)"
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check "faiss-cpu==1.15.1" "numpy==2.4.6" "packaging==26.3"
"$room/venv/bin/python" -W ignore - "$room" <<'PYTHON'
import subprocess
import sys
import time
from pathlib import Path

import faiss
import numpy as np

ROOM = Path(sys.argv[1])
ROWS, WIDTH, LISTS = 60_000, 384, 64
faiss.omp_set_num_threads(1)
vectors = np.random.default_rng(0).standard_normal((ROWS, WIDTH), dtype=np.float32)


def made(kind, *about):
    index = kind(faiss.IndexFlatIP(WIDTH), WIDTH, LISTS, *about, faiss.METRIC_INNER_PRODUCT)
    index.by_residual = False
    index.train(vectors[:6_000])
    index.add(vectors)
    return index


FRESH = """
import sys, faiss

def own():
    told = dict(line.split(":") for line in open("/proc/self/smaps_rollup").read().splitlines()[1:])
    return int(told["Anonymous"].split()[0]) * 1024

before = own()
index = faiss.read_index(sys.argv[1], faiss.IO_FLAG_MMAP_IFC)
print(own() - before)
"""


def grows_by(path):
    """A fresh process that reads it: its memory that is not a file's."""
    return int(subprocess.check_output([sys.executable, "-W", "ignore", "-c", FRESH, str(path)]))


def cpu_of(index):
    spent = []
    for _ in range(3):
        began = time.process_time()
        for row in range(100):
            index.search(vectors[row : row + 1], 20)
        spent.append(time.process_time() - began)
    return min(spent)


flat, fast = made(faiss.IndexIVFFlat), made(faiss.IndexIVFPQFastScan, WIDTH, 4)
faiss.write_index(flat, str(ROOM / "flat"))
faiss.write_index(fast, str(ROOM / "fast"))
codes = ROWS * WIDTH // 2
assert grows_by(ROOM / "flat") < ROWS * WIDTH * 4 / 10
print("flat lists: mapped")
assert grows_by(ROOM / "fast") > codes * 0.9
print("lists for the fast scan: copied")

packed, entries, at = faiss.downcast_InvertedLists(fast.invlists), [], 0
with (ROOM / "lists").open("wb") as file:
    for number in range(LISTS):
        size = packed.list_size(number)
        blocks = -(-size // 32)
        file.write(faiss.rev_swig_ptr(packed.get_codes(number), blocks * packed.block_size).tobytes())
        file.write(faiss.rev_swig_ptr(packed.get_ids(number), size).tobytes() + bytes(8 * (blocks * 32 - size)))
        entries.append((size, blocks * 32, at))
        at += blocks * (packed.block_size + 32 * 8)
mapped = faiss.OnDiskInvertedLists()
mapped.nlist, mapped.code_size, mapped.filename = LISTS, packed.block_size // 32, str(ROOM / "lists")
mapped.read_only, mapped.totsize = True, at
mapped.lists.resize(LISTS)
mapped.lists.at(0).size = entries[0][0]
assert mapped.lists.at(0).size == 0
print("an entry that is set where it stands: unchanged")
table = np.array(entries, dtype=np.uint64)
faiss.memcpy(mapped.lists.data(), faiss.swig_ptr(table), table.nbytes)
mapped.do_mmap()
assert mapped.lists.at(0).size == entries[0][0]

fast.nprobe = 16
expected = fast.search(vectors[:50], 20)
in_memory = cpu_of(fast)
fast.replace_invlists(mapped, False)
assert all(np.array_equal(one, other) for one, other in zip(expected, fast.search(vectors[:50], 20), strict=True))
print("mapped by hand: the same answers")
assert mapped.prefetch_nthread == 32
with_threads = cpu_of(fast)
mapped.prefetch_nthread = 0
without = cpu_of(fast)
assert with_threads > 1.5 * without, (with_threads, without)
assert without < 1.5 * in_memory, (without, in_memory)
print("mapped lists take several times the processor's time until prefetching is off")
print("as described")
PYTHON
