"""Whether a turn says a word, and whom it means. A name that neither the turn nor the graph has is the model's own."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from memory.extraction.diff import SELF, KnownEntity
from memory.vocabulary.folding import fold_name, fold_value

SPEAKER = frozenset(
    {"$self", "self", "i", "me", "my", "myself", "speaker", "user", "the user", "the speaker", "current user"}
)
_INTRODUCTION = (
    r"(?:i am|i['’]m|my name is|my name['’]s|name is|call me"
    r"|ich bin(?: der| die)?|ich heiße|ich heisse|mein name ist|je suis|je m['’]appelle|mon nom est|soy|me llamo"
    r"|mi nombre es|eu sou|sou(?: o| a)?|me chamo|chamo-me|meu nome é|o meu nome é|sono|mi chiamo|il mio nome è|ik ben"
    r"|ik heet|mijn naam is|jag heter|jag är|mitt namn är|jeg hedder|jeg heter|jeg er|mit navn er|jestem|nazywam się"
    r"|mam na imię|esmu|mani sauc|mans vārds ir|olen|minun nimeni on|jmenuji se|jsem|меня зовут|мене звати"
    r"|benim adım|adım|私は|僕は|俺は|我叫|我是)"
)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """`text` is the turn as models saw it."""

    text: str
    known: Sequence[KnownEntity] = ()

    @cached_property
    def folded(self) -> str:
        return fold_value(self.text)

    @cached_property
    def _by_name(self) -> dict[str, KnownEntity]:
        return {fold_name(name): each for each in self.known for name in (each.name, *each.aliases) if fold_name(name)}

    def says(self, phrase: str) -> bool:
        """As whole words, in any case and spacing."""
        return says(self.folded, fold_value(phrase))

    def says_name(self, name: str) -> bool:
        return says(self.folded, fold_name(name))

    def known_entity(self, name: str) -> KnownEntity | None:
        return self._by_name.get(fold_name(name))

    def is_grounded(self, name: str) -> bool:
        return self.says_name(name) or self.known_entity(name) is not None

    def introduces(self, name: str) -> bool:
        """Whether the speaker says that this is their own name."""
        folded = fold_name(name)
        if not folded:
            return False
        return bool(re.search(rf"(?:^|\W){_INTRODUCTION}[ :,]*{re.escape(folded)}(?!\w)", self.folded))

    def speaker_names(self, introduced: Iterable[str]) -> set[str]:
        """Folded names that mean the speaker: pronouns, what the graph calls them, what they say they are called."""
        names = {fold_name(name) for each in self.known if each.is_self for name in (each.name, *each.aliases)}
        return {*SPEAKER, *names, *(fold_name(name) for name in introduced if self.introduces(name))} - {""}

    def span(self, phrase: str, *, within: str) -> tuple[int, int] | None:
        """Where it stands in the turn as it was said."""
        pattern = r"\s+".join(re.escape(word) for word in phrase.split())
        found = re.search(pattern, within, re.IGNORECASE) if pattern else None
        return found.span() if found else None


_ALONE = "\u0e00-\u0eff\u1780-\u17ff\u3040-\u9fff"
"""Thai, Lao, Khmer, kana, and Chinese characters: their words stand without spaces between them."""

_JOINS = rf"[^\W_{_ALONE}]"


def says(folded: str, phrase: str) -> bool:
    """Whether a folded text has a folded phrase, not as a part of longer words."""
    if not phrase or phrase not in folded:
        return False
    before = rf"(?<!{_JOINS})" if re.match(_JOINS, phrase) else ""
    after = rf"(?!{_JOINS})" if re.match(_JOINS, phrase[-1]) else ""
    return bool(re.search(before + re.escape(phrase) + after, folded))


def is_speaker(name: str, names: set[str]) -> bool:
    return name == SELF or fold_value(name) in names or fold_name(name) in names
