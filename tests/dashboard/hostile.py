"""Texts that would be markup, and how a page shows that they are none."""

from html.parser import HTMLParser

HOSTILE = "<script>alert('x')</script><b>&amp;\"'"
EVERYTHING = f"{HOSTILE}{{{{ 7|add:7 }}}}{{% now 'Y' %}}\u202egnp.exe\u2066{'W' * 3_000}"


class Elements(HTMLParser):
    """The names of a page's elements and attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def assert_is_text(page: str) -> None:
    assert "<script>alert" not in page
    assert "<b>&amp;&quot;" not in page
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;" in page


def assert_nothing_got_out(page: str) -> None:
    for tag, attributes in Elements(page).found:
        assert not [name for name in attributes if name.startswith(("on", "gnp"))], (tag, attributes)
        if tag == "script":
            assert (attributes.get("src") or "").startswith("/static/")
        for name in ("href", "src", "action", "hx-get", "hx-post"):
            assert (attributes.get(name) or "/").startswith(("/", "?", "#", "http://", "https://")), (tag, attributes)
    assert "<script>alert" not in page
    assert "<b>&amp;" not in page
