"""Mail as Outlook saves it."""

from ingestion.kinds import Kind

KIND = Kind(
    name="msg",
    title="mail",
    called="a mail of Outlook",
    order=71,
    suffixes=(".msg", ".oft"),
    media_type="application/vnd.ms-outlook",
    reader="ingestion.extract.readers.mails.outlook_reader",
    streams=("__properties_version1.0",),
    bears_files=True,
)
