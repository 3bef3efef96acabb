"""How much of a text all-MiniLM-L6-v2 reads: its tokens, without the model itself."""

from functools import cache
from itertools import accumulate
from pathlib import Path

from tokenizers import Tokenizer

MOST_TOKENS = 256
AROUND = ("[CLS]", "[SEP]")

READ_TOKENS = MOST_TOKENS - len(AROUND)
"""Of a text, from its beginning."""


def token_ends(text: str, *, folder: Path) -> list[int]:
    """Where each token ends, in characters, in order; several may end at one character."""
    encoding = _tokenizer(folder / "tokenizer.json").encode(text, add_special_tokens=False)
    return list(accumulate((end for _, end in encoding.offsets), max))


@cache
def _tokenizer(vocabulary: Path) -> Tokenizer:
    """Of its own, as the model's cuts off what is not read."""
    tokenizer = Tokenizer.from_file(str(vocabulary))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer
