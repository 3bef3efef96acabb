"""Mail as it was sent, known by two lines of its head."""

from ingestion.kinds import Kind


def begins(head: bytes) -> bool:
    lines = head.splitlines()[:30]
    return any(line.startswith(b"from:") for line in lines) and any(line.startswith(b"subject:") for line in lines)


KIND = Kind(
    name="email",
    title="mail",
    called="a mail",
    order=70,
    suffixes=(".eml",),
    media_type="message/rfc822",
    reader="ingestion.extract.readers.mails.email_reader",
    is_text=True,
    begins=begins,
    bears_files=True,
)
