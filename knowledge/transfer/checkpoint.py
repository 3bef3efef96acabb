"""How far the import of a file came, kept beside it in `<file>.progress` until the import is whole."""

import json
from hashlib import sha256
from pathlib import Path

from knowledge.transfer.load import Loaded


class Checkpoint:
    """Of one archive, told apart by its size and its header."""

    def __init__(self, archive: Path, *, header: bytes) -> None:
        self.path = archive.with_name(archive.name + ".progress")
        self.archive = f"{archive.stat().st_size}-{sha256(header).hexdigest()[:16]}"

    def read(self) -> Loaded | None:
        """Where to go on; None where there is nothing, or it belongs to another archive."""
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            if kept["archive"] == self.archive:
                return Loaded(line=int(kept["line"]), ends_at=int(kept["ends_at"]))
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return None

    def write(self, loaded: Loaded) -> None:
        beside = self.path.with_name(self.path.name + ".new")
        facts = {"archive": self.archive, "line": loaded.line, "ends_at": loaded.ends_at}
        beside.write_text(json.dumps(facts), encoding="utf-8")
        beside.replace(self.path)

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)
