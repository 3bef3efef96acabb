"""Whether a clause that was read stands whole in its rows, and the rows that its words ask for besides.

`words` (nouns, names, figures), `verbs`, `kin` (what kind of relative), `joint` (`my wife and I`), `over` (`used to`).
"""

from memory.extraction.rules.coverage.joint import of_fellow
from memory.extraction.rules.coverage.kin import kinds_of_kin
from memory.extraction.rules.coverage.over import over
from memory.extraction.rules.coverage.words import is_all_told, is_narrowed

__all__ = ["is_all_told", "is_narrowed", "kinds_of_kin", "of_fellow", "over"]
