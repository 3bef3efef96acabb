"""Names of OpenDocument's elements and attributes, as far as they are read."""

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
SHOW = "{urn:oasis:names:tc:opendocument:xmlns:presentation:1.0}"
SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
ELEMENTS = "{http://purl.org/dc/elements/1.1/}"
MATHS = "{http://www.w3.org/1998/Math/MathML}"

BODY, PARAGRAPH, HEADING, LIST = f"{OFFICE}body", f"{TEXT}p", f"{TEXT}h", f"{TEXT}list"
GRID, ROW, CELL, COVERED, COLUMN = (
    f"{TABLE}{name}" for name in ("table", "table-row", "table-cell", "covered-table-cell", "table-column")
)
NOTE, REMARK = f"{TEXT}note", f"{OFFICE}annotation"
FRAME, BOX, IMAGE, OBJECT = f"{DRAW}frame", f"{DRAW}text-box", f"{DRAW}image", f"{DRAW}object"
STYLE_NAME, NAME, PARENT, FAMILY = f"{TEXT}style-name", f"{STYLE}name", f"{STYLE}parent-style-name", f"{STYLE}family"
TITLE, CREATOR = f"{ELEMENTS}title", f"{ELEMENTS}creator"
FORMULA, SCRIPT = f"{MATHS}math", f"{MATHS}annotation"
HREF = "{http://www.w3.org/1999/xlink}href"
KEYED = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}encrypted"
