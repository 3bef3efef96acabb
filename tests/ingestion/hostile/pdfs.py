"""PDFs that mean no good, by hand: PDFium reads what is left of each."""

import zlib
from collections.abc import Iterator
from functools import partial

from tests.ingestion import files
from tests.ingestion.hostile.zips import zeros

FONT = b"/Font << /F1 5 0 R >>"
HELVETICA = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
WORDS = b"BT /F1 12 Tf 72 720 Td (some words) Tj ET"
PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"


build = partial(files.pdf_of, version=b"1.7")


def hostile() -> Iterator[tuple[str, bytes]]:
    for told in (_tables(), _trees(), _streams(), _pictures(), _pages(), _fonts(), _forms(), _locks(), _odds()):
        yield from told


def stream(data: bytes, told: bytes = b"", *, length: bytes | None = None) -> bytes:
    size = b"%d" % len(data) if length is None else length
    return b"<< /Length %s %s >>\nstream\n%s\nendstream" % (size, told, data)


def page(
    content: bytes = WORDS, *more: bytes, told: bytes = b"", resources: bytes = FONT, font: bytes = HELVETICA
) -> bytes:
    """One page; `content` is 4, the font 5, and `more` from 6 on. `told` stands in the page, behind what it amends."""
    of_page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << %s >> %s >>"
    content = content if content.startswith(b"<<") else stream(content)
    catalog = b"<< /Type /Catalog /Pages 2 0 R /Names 6 0 R /Outlines 6 0 R /AcroForm 6 0 R /StructTreeRoot 6 0 R >>"
    return build([catalog, PAGES, of_page % (resources, told), content, font, *more])


def _tables() -> Iterator[tuple[str, bytes]]:
    whole = files.pdf("one", "two")
    at = whole.rindex(b"xref\n0")
    yield "prev-is-itself", whole.replace(b"trailer <<", b"trailer << /Prev %d" % at)
    yield "prev-far-away", whole.replace(b"trailer <<", b"trailer << /Prev 99999999999999999999")
    yield "xref-stream-is-itself", whole.replace(b"trailer <<", b"trailer << /XRefStm %d" % at)
    yield "start-behind-the-end", whole.replace(b"startxref\n", b"startxref\n9")
    yield "start-below-zero", whole.replace(b"startxref\n", b"startxref\n-")
    yield "a-billion-places", whole.replace(b"xref\n0 ", b"xref\n0 100000000")
    yield "places-of-others", whole.replace(b"00000 n", b"00009 n")
    yield "no-table", whole[:at]
    yield "two-tables-in-a-ring", _ring(whole)
    yield "no-table-for-many", b"%PDF-1.7\n" + b"1 0 obj\n<<>>\nendobj\n" * 100_000
    yield "a-thousand-versions", whole + b"".join(b"\n%d 0 obj\n1\nendobj" % n for n in range(1_000)) + whole[at:]
    wide = stream(b"\0" * 100, b"/Type /XRef /W [4 2147483647 1] /Size 99 /Root 1 0 R")
    yield "xref-stream-of-wide-fields", b"%PDF-1.7\n1 0 obj\n" + wide + b"\nendobj\nstartxref\n9\n%%EOF"


def _ring(whole: bytes) -> bytes:
    first, second = len(whole) + 1, len(whole) + 61
    table = b"xref\n0 0\ntrailer << /Size 8 /Root 1 0 R /Prev %010d >>\n"
    made = whole + b"\n" + (table % second).ljust(60) + (table % first)
    return made + b"startxref\n%d\n%%%%EOF" % first


def _trees() -> Iterator[tuple[str, bytes]]:
    catalog = b"<< /Type /Catalog /Pages 2 0 R >>"
    leaf = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"
    yield "kids-in-a-ring", build([catalog, PAGES, b"<< /Type /Pages /Kids [2 0 R] /Count 1 /Parent 2 0 R >>"])
    yield "root-is-a-page", build([b"<< /Type /Catalog /Pages 1 0 R /Kids [1 0 R] /Count 3 >>"])
    yield "two-billion-pages", files.pdf("x", count=2_000_000_000)
    yield "count-below-zero", build([catalog, PAGES.replace(b"/Count 1", b"/Count -7"), leaf])
    yield "six-thousand-pages", build([catalog, b"<< /Kids [%s] /Count 6000 >>" % (b"3 0 R " * 6_000), leaf])
    yield "one-page-many-times", build([catalog, b"<< /Kids [%s] /Count 4000 >>" % (b"3 0 R " * 4_000), leaf])
    deep = [b"<< /Type /Pages /Parent %d 0 R /Kids [%d 0 R] /Count 1 >>" % (n - 1, n + 1) for n in range(2, 5_000)]
    yield "a-deep-tree", build([catalog, *deep, leaf])
    yield "a-ring-of-parents", page(told=b"/Parent 3 0 R /Resources 3 0 R")
    yield "a-chain-of-references", build([catalog, *(b"%d 0 R" % n for n in range(3, 20_000)), PAGES])
    yield "a-reference-to-itself", build([catalog, b"2 0 R"])
    yield "kids-of-no-kind", build([catalog, b"<< /Type /Pages /Kids [null (a) 7 << >> [ ] true] /Count 6 >>"])
    yield "outlines-in-a-ring", page(WORDS, b"<< /First 6 0 R /Next 6 0 R /Kids [6 0 R] /Names [6 0 R] /K 6 0 R >>")


def _streams() -> Iterator[tuple[str, bytes]]:
    flate = b"/Filter /FlateDecode"
    yield "a-gigabyte-of-nothing", page(stream(zeros(1_024), flate))
    yield "packed-twice", page(stream(zlib.compress(zeros(600)), b"/Filter [/FlateDecode /FlateDecode]"))
    yield "a-thousand-filters", page(stream(b"41" * 500, b"/Filter [" + b"/ASCIIHexDecode " * 1_000 + b"]"))
    yield "runs", page(stream(b"\x81 " * 500_000, b"/Filter /RunLengthDecode"))
    yield "lzw-garbage", page(stream(bytes(range(256)) * 400, b"/Filter /LZWDecode"))
    yield "ascii-85-garbage", page(stream(b"zzzz~<>~" * 10_000, b"/Filter /ASCII85Decode"))
    yield "flate-garbage", page(stream(zlib.compress(WORDS)[:-9] + bytes(90), flate))
    wide = b"/DecodeParms << /Predictor 15 /Colors 32 /BitsPerComponent 16 /Columns 2147483647 >>"
    yield "a-wide-predictor", page(stream(zlib.compress(bytes(9_999)), flate + wide))
    yield "length-of-itself", page(stream(WORDS, length=b"4 0 R"))
    yield "length-below-zero", page(stream(WORDS, length=b"-5"))
    yield "length-of-a-terabyte", page(stream(WORDS, length=b"1099511627776"))
    yield "objects-within-themselves", page(WORDS, stream(b"6 0 6 0 R", b"/Type /ObjStm /N 1 /First 4 /Extends 6 0 R"))
    yield "more-objects-than-are", page(WORDS, stream(b"7 0 <<>>", b"/Type /ObjStm /N 2147483647 /First 4"))
    yield "one-content-often", page(told=b"/Contents [" + b"4 0 R " * 3_000 + b"]")
    yield "content-is-the-page", page(told=b"/Contents [3 0 R]")


def _pictures() -> Iterator[tuple[str, bytes]]:
    size = b"/Type /XObject /Subtype /Image /Width 65535 /Height 65535 /ColorSpace /DeviceRGB /BitsPerComponent 8 "
    shown = FONT + b" /XObject << /X 6 0 R >>"
    for name in (b"JBIG2Decode", b"DCTDecode", b"JPXDecode", b"CCITTFaxDecode", b"FlateDecode", b"NoSuchDecode"):
        picture = stream(bytes(range(256)) * 40, size + b"/Filter /" + name)
        yield f"picture-{name.decode()}", page(WORDS + b" /X Do", picture, resources=shown)
    yield "picture-in-a-line", page(b"BI /W 99999999 /H 99999999 /CS /RGB /BPC 16 ID " + bytes(9_000) + b" EI " + WORDS)
    yield "mask-of-itself", page(WORDS + b" /X Do", stream(bytes(99), size + b"/SMask 6 0 R"), resources=shown)
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X %d 0 R >> >>"
    yield "a-form-that-draws-itself", page(WORDS + b" /X Do", stream(b"/X Do " * 9, form % 6), resources=shown)
    grown = [stream(b"/X Do " * 6, form % (n + 1)) for n in range(6, 11)]
    yield "forms-that-multiply", page(b"/X Do", *grown, stream(WORDS, form % 12), resources=shown)


def _pages() -> Iterator[tuple[str, bytes]]:
    yield "a-million-operators", page(b"0 0 m 9 9 l S " * 200_000 + WORDS)
    yield "a-stack-of-states", page(b"q " * 500_000 + WORDS)
    yield "states-from-nowhere", page(b"Q " * 100_000 + b"ET " * 9_999 + WORDS)
    yield "operands-without-end", page(b"1 " * 1_000_000 + WORDS)
    yield "words-on-one-spot", page(b"BT /F1 1 Tf " + b"1 0 0 1 9 9 Tm (x) Tj " * 10_000 + b"ET")
    yield (
        "words-far-away",
        page(b"BT /F1 1e38 Tf 1e38 0 0 -1e38 1e38 -1e38 Tm (far) Tj 99999999999999999999 0 Td (x) Tj ET"),
    )
    yield "words-of-no-size", page(b"BT /F1 0 Tf 0 0 0 0 0 0 Tm (nothing) Tj ET")
    yield "a-long-string", page(b"BT /F1 1 Tf (" + b"\\\\(a)" * 100_000 + b") Tj ET")
    yield "deep-parentheses", page(b"BT /F1 1 Tf " + b"(" * 100_000 + b") Tj ET")
    yield "deep-arrays", page(b"BT /F1 1 Tf " + b"[" * 100_000 + b"] TJ ET")
    yield "deep-dictionaries", page(WORDS, b"<< /A " * 50_000)
    yield "marks-without-end", page(b"/Span << /ActualText (\xfe\xff\xd8\x00) >> BDC " * 20_000 + WORDS)
    for label, box in (
        ("nothing", b"0 0 0 0"),
        ("everything", b"-1e38 -1e38 1e38 1e38"),
        ("no-numbers", b"(a) /b null"),
    ):
        yield f"a-page-of-{label}", page(told=b"/MediaBox [%s] /CropBox [9 9 -9 -9] /Rotate 45 /UserUnit 1e9" % box)


def _fonts() -> Iterator[tuple[str, bytes]]:
    start = b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FFFFFFFF> endcodespacerange "
    for label, cmap in (
        ("range-of-everything", start + b"1 beginbfrange <00000000> <FFFFFFFF> <0041> endbfrange"),
        ("half-pairs", start + b"1 beginbfchar <73> <D800> endbfchar 1 beginbfrange <00> <FF> <DC00> endbfrange"),
        ("many-ranges", start + b"1 beginbfrange <0000> <FFFF> <0041> endbfrange " * 300),
        ("of-itself", start + b"/F1 usecmap /Identity-H usecmap"),
        ("torn", start + b"999999999 beginbfrange <00> [<"),
    ):
        font = HELVETICA[:-2] + b"/ToUnicode 6 0 R >>"
        yield f"cmap-{label}", page(WORDS, stream(cmap), font=font)
    letter = b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [1 0 0 1 0 0] /CharProcs << /s 6 0 R >> "
    letter += (
        b"/FirstChar 115 /LastChar 115 /Widths [9] /Encoding << /Differences [115 /s] >> /Resources << %s >> >>" % FONT
    )
    yield "a-letter-drawn-with-itself", page(WORDS, stream(b"9 0 d0 " + WORDS), font=letter)
    yield (
        "descendant-of-itself",
        page(font=b"<< /Type /Font /Subtype /Type0 /DescendantFonts [5 0 R] /Encoding 5 0 R >>"),
    )
    named = b"/Encoding << /Differences [0 %s] >> >>" % (b"/uniD800 " * 60_000)
    yield "differences", page(font=HELVETICA[:-2] + named)
    broad = b"/FirstChar -2147483648 /LastChar 2147483647 /Widths [%s] >>" % (b"1e38 " * 9_999)
    yield "widths", page(font=HELVETICA[:-2] + broad)
    inside = (
        b"<< /Type /Font /Subtype /TrueType /BaseFont /A /FontDescriptor << /FontFile2 6 0 R /FontFile3 6 0 R >> >>"
    )
    yield "a-font-of-garbage", page(WORDS, stream(b"\0\1\0\0\xff\xff" + bytes(range(256)) * 40), font=inside)


def _forms() -> Iterator[tuple[str, bytes]]:
    """Fields and remarks, of which `7` is the first, and their looks."""
    form = b"<< /Fields [7 0 R] /DA (/F1 12 Tf 0 g) /NeedAppearances true >>"
    mark = b"<< /Type /Annot /Rect [72 600 272 620] /P 3 0 R /F 4 %s >>"
    looks = b"/Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 8 0 R >> >>"
    field = mark % b"/Subtype /Widget /FT /Tx /T (name) /V (Ann) /Parent 7 0 R /Kids [7 0 R] /AP << /N 8 0 R >>"
    one = b"/Annots [7 0 R]"
    yield "a-field-within-itself", page(WORDS, form, field, stream(WORDS, looks), told=one)
    yield "a-field-that-looks-like-itself", page(WORDS, form, field, stream(b"/X Do ", looks), told=one)
    yield "looks-that-are-a-page", page(WORDS, form, field.replace(b"/N 8 0 R", b"/N 3 0 R"), told=one)
    choice = b"/Subtype /Widget /FT /Ch /T 7 0 R /Opt [%s] /V [(x) 7 0 R]" % (b"[(x) 7 0 R] " * 50_000)
    yield "a-choice-of-fifty-thousand", page(WORDS, form, mark % choice, told=one)
    remark = mark % (
        b"/Subtype /Text /T 7 0 R /Contents (" + b"\\376\\377\\330" * 500_000 + b") /Popup 7 0 R /IRT 7 0 R"
    )
    yield "a-remark-of-a-megabyte", page(WORDS, form, remark, told=one)
    yield (
        "the-same-field-very-often",
        page(WORDS, form, field, stream(WORDS, looks), told=b"/Annots [%s]" % (b"7 0 R " * 50_000)),
    )
    yield "marks-that-are-no-marks", page(WORDS, form, told=b"/Annots [3 0 R null 7 (x) [3 0 R] 99 0 R 1 0 R]")


def _locks() -> Iterator[tuple[str, bytes]]:
    whole = files.pdf("secret", encrypted=True)
    yield "locked", whole
    yield "locked-in-a-way-unknown", whole.replace(b"/V 1 /R 2", b"/V 99 /R 77")
    yield "locked-without-a-key", whole.replace(b"/O <", b"/Z <")
    yield "locked-by-itself", whole.replace(b"/Filter /Standard", b"/Filter 7 0 R")
    yield "locked-by-another", whole.replace(b"/Filter /Standard", b"/Filter /Acme.Locks")
    yield "locked-with-a-huge-key", whole.replace(b"/V 1", b"/V 4 /Length 2147483640 /CF << /StdCF 9 0 R >>")


def _odds() -> Iterator[tuple[str, bytes]]:
    whole = files.pdf("one", title="a title")
    yield "head-alone", b"%PDF-1.7"
    yield "head-behind-garbage", b"\n" * 1_000 + whole
    yield "nothing-but-zeros", b"%PDF-1.7\n" + bytes(1_000_000)
    yield "a-number-of-many-digits", page(WORDS.replace(b"12", b"9" * 100_000))
    yield "a-title-of-half-pairs", whole.replace(b"(a title)", b"<FEFFD800D800DC00>")
    yield "a-title-with-a-nul", whole.replace(b"(a title)", b"<410042>")
    yield "a-title-without-end", whole.replace(b"(a title)", b"(" + b"title " * 200_000 + b")")
    yield "a-title-that-is-the-catalog", whole.replace(b"(a title)", b"1 0 R")
    yield (
        "a-script",
        whole.replace(b"/Type /Catalog", b"/Type /Catalog /OpenAction << /S /JavaScript /JS (app.alert) >>"),
    )
    yield "only-pictures", page(b"0 0 9 9 re f")
