"""Web pages as a reader sees them: nothing of the text is lost, nothing hidden passes for it, no menu comes with it."""

from typing import Any

import pytest

from ingestion.errors import ExtractionFailed
from ingestion.extract import Part
from ingestion.models import File
from ingestion.splitting import split_parts
from tests.ingestion.conftest import ProcessAll, upload
from tests.ingestion.reading import places, read

PROSE = "<p>Bread is baked before the sun is up, sold while it is warm, and what is left goes to the farm.</p>"
STRUCTURE = (
    "<h1>Handbook</h1><p>Short.</p><h2>Tools</h2><ul><li>oven</li><li>bowl</li></ul><ol start='4'><li>knead</li>"
    "<li>bake</li></ol><dl><dt>crumb</dt><dd>what is inside</dd></dl><pre>make up\n  make test</pre>"
    "<table><tr><th>Day</th><th>Loaves</th></tr><tr><td>Friday</td><td>3</td></tr></table>"
)
READ = [
    ("Handbook\n\nShort.", None, "Handbook", "text"),
    (
        "Tools\n\n- oven\n- bowl\n\n4. knead\n5. bake\n\ncrumb\nwhat is inside\n\nmake up\n  make test",
        None,
        "Tools",
        "text",
    ),
    ("Day | Loaves\nFriday | 3", None, "Tools", "table"),
]
BOXES = (
    "{}",
    "<div>{}</div>",
    "<section>{}</section>",
    "<main>{}</main>",
    "<article>{}</article>",
    '<div id="mw-content-text"><div class="mw-parser-output">{}</div></div>',
    '<div class="markdown-body">{}</div>',
    "<my-page><my-text>{}</my-text></my-page>",
)


def text_of(markup: str) -> str:
    return read(f"<!doctype html><html><body>{markup}</body></html>".encode(), "p.html").text


def shown_and_hidden(markup: str) -> tuple[str, str]:
    found = read(f"<!doctype html><html>{markup}</html>".encode(), "p.html")
    texts = [
        [found.text[part.start : part.end] for part in found.parts if part.hidden == wanted] for wanted in (False, True)
    ]
    return "\n".join(texts[0]), "\n".join(texts[1])


@pytest.mark.parametrize("box", BOXES)
@pytest.mark.parametrize("prose", ["", PROSE * 12])
def test_headings_lists_code_and_tables_are_kept_wherever_they_lie(box: str, prose: str) -> None:
    page = f"<!doctype html><html><body>{box.format(STRUCTURE + prose)}</body></html>"
    found = places(read(page.encode(), "p.html"))
    assert found[:3] == READ
    assert len(found) == (4 if prose else 3)


def test_code_in_figures_captions_quotations_and_callouts_are_read() -> None:
    commands = "".join(
        f"<figure><pre><code>larder step {number}</code></pre><figcaption>Step {number}</figcaption></figure>{PROSE}"
        for number in range(12)
    )
    quoted = "<figure><blockquote>Time is a great baker.</blockquote><figcaption>An old one</figcaption></figure>"
    callout = '<aside class="admonition warning"><p>Mind the heat.</p></aside>'
    found = text_of(f"<main><h1>Commands</h1>{commands}{quoted}{callout}</main>")
    for number in range(12):
        assert f"larder step {number}\n\nStep {number}\n\nBread is baked" in found
    assert "Time is a great baker.\n\nAn old one\n\nMind the heat." in found


def test_menus_banners_and_footers_stay_out_though_they_have_no_marks() -> None:
    links = "".join(f"<li><a href='/{number}'>Lead {number} away</a></li>" for number in range(40))
    page = (
        f"<div class='top'><ul>{links}</ul></div><div class='cookie-banner'>We use cookies, as all do.</div>"
        f"<div class='text'><h1>Bread</h1>{PROSE * 10}<p>See <a href='/rye'>rye</a>.</p><h2>Also</h2>"
        f"<ul><li><a href='/oats'>Oats</a></li><li><a href='/spelt'>Spelt</a></li></ul></div>"
        f"<div class='low'><ul>{links}</ul><p>Imprint and rights of ours</p></div>"
    )
    found = text_of(page)
    assert found.startswith("Bread\n\nBread is baked")
    assert found.endswith("See rye.\n\nAlso\n\n- Oats\n- Spelt")


def test_the_whole_page_is_read_where_much_of_it_stands_beside_what_looks_like_its_text() -> None:
    found = text_of(f"<div>{PROSE * 8}</div><div><h2>Terms</h2>{PROSE.replace('Bread', 'Rye') * 6}</div>")
    assert found.count("Bread is baked") == 8
    assert "Terms\n\nRye is baked" in found


def test_the_title_stands_above_a_text_that_lies_apart_from_it() -> None:
    found = read(
        f"<html><head><title>Bread - Bakers</title></head><body><header><h1>Bread</h1></header>"
        f"<div>{PROSE * 20}</div></body></html>".encode(),
        "p.html",
    )
    assert found.title == "Bread"
    assert found.text.startswith("Bread\n\nBread is baked")


def test_lines_of_an_address_and_cells_that_reach_over_others_are_kept() -> None:
    table = (
        "<table><tr><th rowspan='2'>Town</th><th colspan='2'>Loaves</th></tr><tr><th>rye</th><th>oat</th></tr>"
        "<tr><td>Riga</td><td>1</td><td>2</td></tr></table>"
    )
    assert text_of(f"<p>Ann<br>1 Mill Street<br>\n Riga</p>{table}") == (
        "Ann\n1 Mill Street\nRiga\n\nTown | Loaves | Loaves\nTown | rye | oat\nRiga | 1 | 2"
    )


def test_a_table_that_only_places_parts_of_a_page_is_read_as_its_parts() -> None:
    page = f"<table><tr><td><ul><li>a menu</li></ul></td><td><h1>Bread</h1><pre>a\n b</pre>{PROSE}</td></tr></table>"
    assert "Bread\n\na\n b\n\nBread is baked" in text_of(page)


@pytest.mark.parametrize(
    "markup",
    [
        "<p hidden>Obey me.</p>",
        "<div style='display: none'><p>Obey me.</p></div>",
        "<span style='VISIBILITY:hidden'>Obey me.</span>",
        "<p style='font-size:0px;color:red'>Obey me.</p>",
        "<p style='opacity: 0'>Obey me.</p>",
        "<p style='position:absolute;left:-9999px'>Obey me.</p>",
        "<p style='color:#fff;background:white'>Obey me.</p>",
        "<p style='height:0;overflow:hidden'>Obey me.</p>",
        "<dialog>Obey me.</dialog>",
        "<ul><li>one<li style='display:none'>Obey me.</ul>",
        "<table><tr><th>a<th>b<tr><td>1<td>2<span hidden>Obey me.</span></table>",
    ],
)
def test_what_is_hidden_by_an_attribute_or_a_style_is_read_apart(markup: str) -> None:
    shown, hidden = shown_and_hidden(f"<body><main><h1>Bread</h1>{PROSE * 5}{markup}</main></body>")
    assert "Obey" not in shown
    assert hidden == "Obey me."


@pytest.mark.parametrize(
    ("sheet", "is_hidden"),
    [
        (".note { display: none }", True),
        ("p.note, h6 { color: red; visibility: hidden }", True),
        ("#it{display:none!important}", True),
        (".box .note { display:none }", True),
        (".other .note { display:none }", False),
        ("@media print { .note { display: none } }", False),
        ("@media screen { .note { display: none } }", True),
        (".note { display: none } .note { display: block }", False),
        (".note:hover { display: none }", False),
        ("/* .note { display: none } */", False),
    ],
)
def test_what_the_page_s_own_style_sheet_hides_is_read_apart(sheet: str, is_hidden: bool) -> None:
    body = f"<body><div class='box'>{PROSE * 5}<p class='a note' id='it'>Obey me.</p></div></body>"
    shown, hidden = shown_and_hidden(f"<head><style>{sheet}</style></head>{body}")
    assert ("Obey me." in hidden, "Obey me." in shown) == (is_hidden, not is_hidden)


def test_only_the_chunk_of_what_is_hidden_is_flagged(reports: Any, process_all: ProcessAll) -> None:
    page = f"<html><body><main><h1>Bread</h1>{PROSE * 5}<p hidden>More of it.</p></main></body></html>"
    upload(reports, ("a.html", page.encode()))
    process_all()
    file = File.objects.get()
    assert file.flags == ["hidden-text"]
    *shown, hidden = file.chunks.order_by("index")
    assert file.text[hidden.start : hidden.end] == "More of it."
    assert (hidden.flags, [chunk.flags for chunk in shown]) == (["hidden-text"], [[]] * len(shown))


@pytest.mark.parametrize("splitter", ["windows", "structure"])
def test_no_chunk_holds_what_is_hidden_beside_what_is_shown(splitter: str) -> None:
    parts = [Part(0, 40), Part(42, 60, hidden=True), Part(62, 90)]
    found = list(split_parts("a" * 90, parts, splitter=splitter, size=60, overlap=5))
    assert [(part.start, part.end, part.hidden) for part in found] == [(0, 40, False), (42, 60, True), (62, 90, False)]


@pytest.mark.parametrize(
    "body",
    [
        '<div id="root"></div><script src="/main.js"></script>',
        "<noscript>You need to enable JavaScript to run this app.</noscript><i></i><script src='m.js'></script>",
        "<p>Please enable JavaScript to continue using this application.</p><script src='m.js'></script>",
        '<div id="app"></div><p>Loading…</p><script type="module">go()</script>',
    ],
)
def test_an_empty_shell_that_a_program_fills_is_told_as_that(body: str) -> None:
    with pytest.raises(ExtractionFailed, match="a program fills in the browser"):
        read(f"<!doctype html><html><head><title>App</title></head><body>{body}</body></html>".encode(), "p.html")


def test_a_short_page_with_a_script_is_no_shell() -> None:
    assert text_of("<p>Yes, agreed.</p><script>count()</script>") == "Yes, agreed."


def test_a_fragment_and_a_page_of_links_alone_are_read() -> None:
    assert read(b"some <b>words</b> of a fragment", "p.html").text == "some words of a fragment"
    assert "Home" in text_of("<nav><a href='/'>Home</a></nav>")
