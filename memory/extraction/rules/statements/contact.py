"""How the speaker may be reached."""

from memory.extraction.rules.families.assertions import attribute
from memory.extraction.rules.scene import ME
from memory.extraction.rules.statements.predication import Predication
from memory.extraction.rules.text.phrases import Cursor, read_list
from memory.extraction.rules.values import read_email, read_phone


def read_contact(cursor: Cursor) -> Predication:
    """`you can reach me at a@b.example`, `call me on +49 …`."""
    lows = [token.low for token in cursor.tokens]
    if "me" not in lows or not {"reach", "email", "e-mail", "mail", "contact", "call", "text", "write", "phone"} & set(
        lows
    ):
        return Predication()
    cursor.at = lows.index("me") + 1
    if not cursor.take_any(("at", "on", "via", "by", "under")):
        return Predication()
    mails = read_list(cursor, read_email)
    phone = "" if mails else read_phone(cursor)
    assertions = [attribute(ME, "email", each) for each in mails] + ([attribute(ME, "phone", phone)] if phone else [])
    return Predication(assertions=assertions if cursor.done else [], state=True)
