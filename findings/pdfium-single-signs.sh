#!/usr/bin/env bash
# pypdfium2 5.15.2, with the PDFium that it ships: its two ways to tell the text of one page.
#
# One would guess that the text of a page's whole rectangle and the text of all of its characters are the same, but for what
# lies outside the page. Seen, on a table whose cells are drawn one by one, as many programs do:
#   - by rectangle, a cell of a single sign is glued to the cell before or behind it, however far away: article `V-8` and
#     quantity 3 are `V-83`, columns A, B and C are `ABC`;
#   - by characters, a line ends at each such sign instead, also where two signs stand so close that they are one number;
#   - cells of two signs and more are parted by a blank in both.
# So neither is the text: whoever keeps tables has to look where the neighbours of a single sign stand.
#
# Output: a line for each way, then `as described`. Fails when any of it changes.
set -euo pipefail
room="$(mktemp -d)"
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check pypdfium2==5.15.2
"$room/venv/bin/python" - <<'PYTHON'
import pypdfium2 as pdfium


def pdf(cells):
    drawn = "".join(f"BT /F1 10 Tf 1 0 0 1 {x} {y} Tm ({said}) Tj ET\n" for x, y, said in cells).encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents 5 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
    ]
    body, places = bytearray(b"%PDF-1.4\n"), []
    for number, each in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start = len(body)
    body += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(body + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % start)


CELLS = [(60, 700, "V-7"), (160, 700, "12"), (60, 680, "V-8"), (160, 680, "3"), (260, 680, "9.50")]
CELLS += [(60, 660, "A"), (100, 660, "B"), (140, 660, "C"), (60, 640, "total"), (200, 640, "7"), (206, 640, "8")]
page = pdfium.PdfDocument(pdf(CELLS))[0].get_textpage()

by_rectangle = page.get_text_bounded().split("\r\n")
assert "V-7 12" in by_rectangle, by_rectangle
assert any("V-83" in line for line in by_rectangle), by_rectangle
assert "ABC" in by_rectangle, by_rectangle
print("by rectangle:", by_rectangle)

by_characters = page.get_text_range().split("\r\n")
assert "V-7 12" in by_characters, by_characters
assert "V-8" in by_characters and "A" in by_characters and "8" in by_characters, by_characters
print("by characters:", by_characters)
print("as described")
PYTHON
