"""What each line is to reach, as the ratio that the line shows; stated for the sizes of a whole run."""

from collections.abc import Mapping

LARGE = 1_000_000
"""Documents from which on the goals of a large store hold."""

AGAINST_CHROMA = 3
FILTERED_AGAINST_CHROMA: Mapping[str, float] = {"half": 60, "hundredth": 40, "thousandth": 100}
METADATA_AGAINST_CHROMA = 10
FILTERED_AGAINST_EARLIER = 6
FIRST_PUSH_AGAINST_LANGCHAIN = 7
FIRST_PUSH_AGAINST_EARLIER = 3.4
UNCHANGED_AGAINST_LANGCHAIN = 8
RENEWED_AGAINST_FIRST = 8
LOCAL_AGAINST_EMBEDDER = 0.95
LARGE_AGAINST_SMALL = 3
PUSH_INTO_LARGE_AGAINST_SMALL = 1.3
FURTHER_WEB_PROCESS_MIB = 40
FLAT_MEMORY = 1.05


def recall_goal(documents: int) -> float:
    return 0.99 if documents >= LARGE else 0.998


def sql_goal(documents: int) -> float:
    """Of a query's median time, over that of bare SQL on pgvector's graph."""
    return 0.4 if documents >= LARGE else 0.5
