"""A list of documents as an address asks for it: its filter, its order, its place."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import QueryDict

from dashboard.forms import FilterForm
from knowledge.browsing import FEW, Leaf, Narrowed, Order, narrow, read_leaf
from knowledge.errors import CursorInvalid


@dataclass(frozen=True, kw_only=True)
class Listing:
    """`kept` are the address's filters and order, `place` its cursor; `selected`: tick all documents of this page."""

    kept: dict[str, str]
    place: dict[str, str]
    leaf: Leaf
    narrowed: Narrowed
    order: Order
    filtered: bool
    selected: bool

    few = FEW

    @property
    def base(self) -> str:
        """What the addresses of its other pages begin with after the `?`."""
        return f"{urlencode(self.kept)}&" if self.kept else ""

    @property
    def here(self) -> str:
        """What the address of this very page has after `base`."""
        return f"{urlencode(self.place)}&" if self.place else ""


def list_documents(
    form: FilterForm, asked: QueryDict, *, order: Order, trashed: bool = False, limit: int, now: datetime
) -> Listing:
    """The page that a valid form and the address's `cursor` or `back` name; an unknown cursor starts again."""
    wanted = form.wanted(trashed=trashed)
    narrowed = narrow(wanted, now=now)
    after, before = asked.get("cursor", ""), asked.get("back", "")
    try:
        leaf = read_leaf(narrowed.documents, order=order, after=after, before=before, limit=limit)
    except CursorInvalid:
        leaf = read_leaf(narrowed.documents, order=order, limit=limit)
    return Listing(
        kept=kept_of(asked),
        place={name: value for name in ("cursor", "back") if (value := asked.get(name, ""))},
        leaf=leaf,
        narrowed=narrowed,
        order=order,
        filtered=bool(wanted),
        selected=asked.get("select") == "page",
    )


def kept_of(asked: QueryDict) -> dict[str, str]:
    """The filters and the order that an address names."""
    return {name: value for name in ("q", "tags", "source", "sort") if (value := asked.get(name, ""))}
