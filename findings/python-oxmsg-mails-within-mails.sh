#!/usr/bin/env bash
# python-oxmsg 0.0.2: a mail that is attached to a mail, and bytes of no encoding.
#
# Outlook keeps an attached mail as a storage within the attachment, laid out like the outer one, so one would guess that it
# opens like that. Seen:
#   - the attachment has no bytes and no name, and nothing says that it is a mail;
#   - `Message` takes the inner storage, and finds none of its properties: the head before them has 24 bytes there and 32
#     in the outermost mail ([MS-OXMSG] 2.4.1.1 and 2.4.1.2), and the library passes over 32 always;
#   - one byte that its encoding lacks makes the body raise, and with it whatever asks for it.
# So forwarded mails are lost silently unless the caller reads their properties itself, 24 bytes in.
#
# Output: a line for each, then `as described`. Fails when any of it changes.
set -euo pipefail
room="$(mktemp -d)"
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check python-oxmsg==0.0.2
"$room/venv/bin/python" - <<'PYTHON'
import struct

from oxmsg.attachment import Attachment
from oxmsg.message import Message
from oxmsg.properties import Properties
from oxmsg.storage import Storage, Stream

TABLE = "__properties_version1.0"


def storage(path, streams, storages=(), *, head):
    properties = b"".join(struct.pack("<IIII", int(name, 16), 6, len(body), 0) for name, body in streams.items())
    made = [Stream(f"{path}/{TABLE}", bytes(head) + properties)]
    made += [Stream(f"{path}/__substg1.0_{name}", body) for name, body in streams.items()]
    return Storage(path, tuple(made), tuple(storages))


SUBJECT = {"0037001F": "Lunch".encode("utf-16-le")}
assert Message(storage("", SUBJECT, head=32)).subject == "Lunch"

inner = storage("__attach_version1.0_#00000000/__substg1.0_3701000D", SUBJECT, head=24)
attachment = Attachment(storage("__attach_version1.0_#00000000", {}, [inner], head=8))
assert attachment.file_bytes is None and not attachment.file_name
print("an attached mail: no bytes, no name")

assert Message(inner).subject == ""
assert Properties(inner, properties_header_offset=24).str_prop_value(0x0037) == "Lunch"
print("its subject: empty, and there 24 bytes in")

# Windows-1252 has no letter for 0x81.
body = storage("", {"1000001E": b"kept \x81"}, head=32)
body.streams[0].bytes_ += struct.pack("<IIII", 0x3FDE0003, 6, 1252, 0)
try:
    Message(body).body
except UnicodeDecodeError as error:
    print("a byte of no encoding:", type(error).__name__)
else:
    raise AssertionError("the body was told")
print("as described")
PYTHON
