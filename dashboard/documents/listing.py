"""A list of documents as an address asks for it: its filter, its order, its position."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import QueryDict

from core.errors import CursorInvalid
from dashboard.forms import FilterForm
from dashboard.words import plural
from knowledge.browsing.filters import FEW, Filter, Narrowed, narrow
from knowledge.browsing.lists import KEYSETS, DocumentPage, Order, read_documents


@dataclass(frozen=True, kw_only=True)
class Listing:
    """`kept` are the address's filters and order, `position` its cursor; `selected`: all documents are ticked."""

    kept: dict[str, str]
    position: dict[str, str]
    page: DocumentPage
    narrowed: Narrowed
    wanted: Filter
    order: Order
    selected: bool

    @property
    def filtered(self) -> bool:
        return bool(self.wanted)

    @property
    def all_at_once(self) -> bool:
        """Whether something can happen to all that match: those that hold a text are known only page by page."""
        return not self.wanted.text

    @property
    def matches(self) -> str:
        """How many there are, in words; "" where nobody knows."""
        if self.narrowed.counted is not None:
            return plural(self.narrowed.counted, "document")
        return "" if self.narrowed.matches is None else f"more than {plural(FEW, 'document')}"

    @property
    def exactly(self) -> str:
        """What the address of the same list has after the `?` that looks for the words as they stand; "" for none."""
        return urlencode(self.kept | {"q": f'"{self.wanted.words}"'}) if self.wanted.words else ""

    @property
    def base(self) -> str:
        """What the addresses of its other pages begin with after the `?`."""
        return f"{urlencode(self.kept)}&" if self.kept else ""

    @property
    def here(self) -> str:
        """What the address of this very page has after `base`."""
        return f"{urlencode(self.position)}&" if self.position else ""

    @property
    def start(self) -> str:
        """What stands at the top of the first page."""
        return "newest" if KEYSETS[self.order].descending else "first"

    @property
    def onward(self) -> str:
        """What the address of the next page has after the `?`; "" where this is the last."""
        return f"{self.base}cursor={self.page.next}" if self.page.next else ""

    @property
    def back(self) -> str:
        """What the address of the page before has after the `?`; "" where this is the first."""
        return f"{self.base}back={self.page.previous}" if self.page.previous else ""


def list_documents(
    form: FilterForm, asked: QueryDict, *, order: Order, trashed: bool = False, limit: int, now: datetime
) -> Listing:
    """The page that a valid form and the address's `cursor` or `back` name; an unknown cursor starts again."""
    wanted = form.wanted(trashed=trashed)
    narrowed = narrow(wanted, now=now)
    cursor = asked.get("cursor", "") or asked.get("back", "")
    try:
        page = read_documents(narrowed, order=order, cursor=cursor, limit=limit)
    except CursorInvalid:
        page = read_documents(narrowed, order=order, limit=limit)
    return Listing(
        kept=kept_of(asked),
        position={name: value for name in ("cursor", "back") if (value := asked.get(name, ""))},
        page=page,
        narrowed=narrowed,
        wanted=wanted,
        order=order,
        selected=asked.get("select") == "page",
    )


def kept_of(asked: QueryDict) -> dict[str, str]:
    """The filters and the order that an address names."""
    return {name: value for name in ("q", "tags", "source", "sort") if (value := asked.get(name, ""))}
