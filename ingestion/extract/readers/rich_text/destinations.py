"""Where words of rich text belong: in the text, beside it, or nowhere."""

from dataclasses import dataclass, field
from enum import StrEnum

from ingestion.extract.readers.rich_text.letters import PLAIN, UNNAMED_POINTS, decoded, whole
from ingestion.extract.readers.web.framing import words


class Destination(StrEnum):
    """Where what is said belongs."""

    BODY = "body"
    HIDDEN = "hidden"
    INFO = "info"
    ASIDE = "aside"
    NOTE = "note"
    REMARK = "remark"
    TITLE = "title"
    FONTS = "fonts"
    STYLES = "styles"
    PICTURE_NAME = "picture_name"
    PICTURE_VALUE = "picture_value"
    NOWHERE = "nowhere"


ENTERED: dict[str, Destination] = {
    "info": Destination.INFO,
    "footnote": Destination.NOTE,
    "annotation": Destination.REMARK,
    "title": Destination.TITLE,
    "fonttbl": Destination.FONTS,
    "stylesheet": Destination.STYLES,
    "sn": Destination.PICTURE_NAME,
    "sv": Destination.PICTURE_VALUE,
    **dict.fromkeys(
        ("header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf"), Destination.ASIDE
    ),
}
PASSED_OVER = words(
    "colortbl pict objdata fldinst themedata colorschememapping latentstyles datastore xmlnstbl listtable "
    "listoverridetable rsidtbl generator nonshppict filetbl revtbl pgptbl bkmkstart bkmkend atnid atnauthor atndate "
    "atnref atrfstart atrfend atntime ftnsep ftnsepc aftnsep aftnsepc ftncn aftncn docvar userprops xe tc datafield "
    "formfield private template falt panose mmathPr htmltag mhtmltag passwordhash wgrffmtfilter protusertbl objclass "
    "objname objalias objsect pnseclvl picprop"
)
LOOKED_INTO = words("shpinst shptxt shprslt shppict listtext pntext fldrslt result do dptxbxtext nesttableprops")
"""Marked as for those who know them, and known."""

DESCRIBED = "wzDescription"
"""What is said of a picture for those who do not see it."""
POINT = "•\t"


@dataclass
class GroupState:
    """What a group inherits and gives back at its end."""

    place: Destination = Destination.BODY
    font: str = PLAIN
    hidden: bool = False
    struck: bool = False
    skip: int = 1
    style: int = 0
    depth: int | None = None
    in_table: bool = False
    level: int = 1
    starred: bool = False


@dataclass
class Style:
    """Its name, and how deep a heading it makes; None for other text."""

    name: str = ""
    depth: int | None = None


@dataclass
class Said:
    """What is being said in one place: letters, and bytes that are letters of an encoding still to be told."""

    letters: list[str] = field(default_factory=list)
    raw: bytearray = field(default_factory=bytearray)
    encoding: str = PLAIN

    def settle(self) -> None:
        if self.raw:
            self.letters.append(decoded(bytes(self.raw), self.encoding))
            self.raw.clear()

    def add_bytes(self, body: bytes, encoding: str) -> None:
        if self.encoding != encoding:
            self.settle()
            self.encoding = encoding
        self.raw += body

    def take(self) -> str:
        self.settle()
        return whole("".join(self.letters)).translate(UNNAMED_POINTS)
