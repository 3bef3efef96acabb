"""Which bytes are which letters in rich text: by its code page, and by the character set of the font."""

import codecs

CHARACTER_SETS = {
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    130: "johab",
    134: "gbk",
    136: "big5",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
    255: "cp437",
}
PAGES = {"ansi": "cp1252", "mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
PLAIN, UTF8 = "cp1252", 65001
SIGNS = {
    "tab": "\t",
    "line": "\n",
    "lbr": "\n",
    "softline": "\n",
    "emdash": "—",
    "endash": "–",
    "emspace": " ",
    "enspace": " ",
    "qmspace": " ",
    "bullet": "•",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "zwj": "\u200d",
    "zwnj": "\u200c",
}
SIGNS_BY_MARK = {"~": " ", "_": "-", "{": "{", "}": "}", "\\": "\\"}
"""Of a blank and a hyphen that no line breaks at; one that a line may break at is no letter."""

UNNAMED_POINTS = str.maketrans({"·": "•", "\uf0b7": "•", "\uf0a7": "•", "\uf0d8": "•", "\uf0fc": "•"})
"""What fonts of signs alone have for a point of a list."""


def code_page(number: int) -> str:
    name = "utf-8" if number == UTF8 else f"cp{number}"
    return name if _is_known(name) else PLAIN


def character_set(number: int, page: str) -> str:
    return CHARACTER_SETS.get(number, page if number in (0, 1, 2) else PLAIN)


def decoded(body: bytes, encoding: str) -> str:
    """Bytes that the encoding lacks are those of the usual one, or marked."""
    try:
        return body.decode(encoding)
    except (UnicodeError, LookupError):
        return body.decode(PLAIN, errors="replace") if encoding == PLAIN else body.decode(encoding, errors="replace")


def whole(units: str) -> str:
    """Halves of letters, as the format writes those beyond 65,535, put together; a half alone is marked."""
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _is_known(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True
