"""What stands around the text of a page, as far as its marks say so: menus, footers, banners about cookies."""

from collections.abc import Container
from typing import Any


def words(told: str) -> frozenset[str]:
    return frozenset(told.split())


UNSHOWN = words(
    "script style template head noscript iframe object embed audio video canvas map select datalist textarea input "
    "button annotation annotation-xml defs desc metadata symbol"
)
"""No text of the page, or none that is read: programs, what a reader types, what other programs show."""

ROLES = words("navigation contentinfo search menu menubar dialog alertdialog toolbar")
MARKS = words(
    "nav navbar navigation site-nav main-nav topnav sidenav sidebar site-header site-footer footer breadcrumb "
    "breadcrumbs skip-link skiplink skip-nav sphinxsidebar toolbar cookie-banner cookie-notice cookie-consent "
    "cookie-bar cookiebanner cookieconsent cc-window gdpr consent consent-banner "
    "mw-editsection mw-jump-link navbox printfooter catlinks noprint"
)
"""Words of a class, or a whole id."""

ANCHORS = words("headerlink anchor-link header-anchor")
"""Links of a heading to itself, a sign that is shown only while one points there."""

WITHIN = ("article", "main", "section", "blockquote", "figure", "li", "td")
"""Of these a head, a foot or something beside it is part of the text."""


def is_framing(element: Any) -> bool:
    """Of an element with its ancestors."""
    tag = element.tag
    if tag == "nav" or element.get("role") in ROLES:
        return True
    if tag in ("footer", "header", "aside"):
        return _is_page_s(element) and not (tag == "header" and element.find(".//h1") is not None)
    return tag not in ("body", "main", "article") and _is_marked(element, MARKS)


def is_anchor(element: Any) -> bool:
    return _is_marked(element, ANCHORS)


def _is_marked(element: Any, marks: Container[str]) -> bool:
    named, numbered = element.get("class"), element.get("id")
    if numbered and numbered.lower() in marks:
        return True
    return bool(named) and any(word in marks for word in named.lower().split())


def _is_page_s(element: Any) -> bool:
    """And not a part's of it."""
    return next(element.iterancestors(*WITHIN), None) is None
