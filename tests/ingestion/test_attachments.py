"""What is attached to mails is read by its own reader, within bounds; what cannot be read is named with the reason."""

import base64
import quopri
from email.message import EmailMessage

import pytest

from ingestion.extract import door
from ingestion.extract.child import TOO_BIG, answer
from ingestion.extract.readers.mails import attachments
from tests.ingestion import files, other_files
from tests.ingestion.other_files import msg, msg_file
from tests.ingestion.reading import places, read


def mail(*attached: tuple[str, bytes, str]) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "ann@example.org", "Plans"
    message.set_content("See below.")
    for name, body, kind in attached:
        main, _, sub = kind.partition("/")
        message.add_attachment(body, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


OCTETS = "application/octet-stream"


def test_each_attachment_is_read_by_its_own_reader_below_its_name() -> None:
    found = read(mail(("plan.pdf", files.pdf("one", "two"), OCTETS), ("prices.xlsx", files.sheets(), OCTETS)), "a.eml")
    assert places(found)[2:] == [
        ("Attachments: plan.pdf, prices.xlsx", None, "", "text"),
        ("one", None, "plan.pdf, p.1", "text"),
        ("two", None, "plan.pdf, p.2", "text"),
        ("Item | Price\nthing 0 | 0\nthing 1 | 1", None, "prices.xlsx › Prices", "table"),
    ]


def test_what_cannot_be_read_is_named_with_the_reason_and_a_picture_without() -> None:
    found = read(
        mail(("a.pdf", b"x", OCTETS), ("b.zip", files.archive(), OCTETS), ("c.png", b"\x89PNG", "image/png")), "a.eml"
    )
    assert places(found)[-1][0] == (
        "Attachments: a.pdf (not read: this claims to be a PDF, but it does not begin like one), "
        "b.zip (not read: this is an archive; upload the files that are in it), c.png"
    )


def test_what_bears_the_wrong_name_or_none_is_read_as_what_it_is() -> None:
    message = EmailMessage()
    message["Subject"] = "Scans"
    message.set_content("See below.")
    message.add_attachment(files.pdf("misnamed"), maintype="application", subtype="msword", filename="a.docx")
    message.add_attachment(files.pdf("nameless"), maintype="application", subtype="pdf")
    message.add_attachment("a text without a name")
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png")
    assert places(read(b"From: ann@example.org\n" + message.as_bytes(), "a.eml"))[2:] == [
        ("Attachments: a.docx, attachment 2, attachment 3", None, "", "text"),
        ("misnamed", None, "a.docx, p.1", "text"),
        ("nameless", None, "attachment 2, p.1", "text"),
        ("a text without a name", None, "attachment 3", "text"),
    ]


def test_another_form_of_what_is_said_is_not_attached() -> None:
    message = EmailMessage()
    message["Subject"] = "News"
    message.set_content("Said once.")
    message.add_alternative("<p>Said once.</p>", subtype="x-amp-html")
    assert "ttach" not in read(b"From: ann@example.org\n" + message.as_bytes(), "a.eml").text


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_a_mail_that_is_passed_on_in_an_encoding_is_read(encoding: str) -> None:
    within = b"From: bob@example.org\nSubject: =?utf-8?q?Caf=C3=A9?=\n\nAt the bottom = here.\n"
    encoded = base64.encodebytes(within) if encoding == "base64" else quopri.encodestring(within)
    head = b"From: ann@example.org\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n--B\n\nSee below.\n"
    kind = f"--B\nContent-Type: message/rfc822\nContent-Transfer-Encoding: {encoding}\n\n"
    body = head + kind.encode() + encoded + b"\n--B--\n"
    assert [text.strip() for text, *_ in places(read(body, "a.eml"))] == [
        "From: ann@example.org",
        "See below.",
        "From: bob@example.org\nSubject: Caf\u00e9",
        "At the bottom = here.",
    ]


def test_an_invitation_is_read_as_the_calendar_that_it_is() -> None:
    message = EmailMessage()
    message["Subject"] = "Stand-up"
    message.set_content("You are invited.")
    message.add_alternative(other_files.calendar().decode(), subtype="calendar")
    found = read(b"From: ann@example.org\n" + message.as_bytes(), "a.eml")
    assert "Repeats: every 2 weeks" in found.text
    assert places(found)[-1][2] == "invitation.ics › Stand-up"


def test_a_mail_within_a_mail_is_read_as_deep_as_may_be() -> None:
    body = mail(("deepest.txt", b"at the bottom", "text/plain"))
    for depth in range(6):
        body = mail((f"{depth}.eml", body, OCTETS))
    found = read(body, "a.eml")
    assert "at the bottom" not in found.text
    assert "not read: it lies too deep within other mails" in found.text


def test_attachments_are_bounded_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "MOST_FILES", 2)
    told = answer("email", mail(*((f"{number}.txt", b"words", "text/plain") for number in range(4))))
    assert told["text"].count("words") == 2
    assert told["text"].count("not read: what is attached takes too much to read") == 2


def test_a_mail_whose_attachment_ends_its_reader_is_read_without_it() -> None:
    from tests.ingestion.hostile.pdfs import hostile

    heavy = next(body for label, body in hostile() if label == "a-gigabyte-of-nothing")
    found = read(mail(("heavy.pdf", heavy, OCTETS)), "a.eml")
    assert "See below." in found.text
    assert "heavy.pdf (not read: what is attached takes too much to read)" in found.text


def test_only_mails_are_asked_a_second_time() -> None:
    assert door._was_too_much({"unreadable": TOO_BIG})
    assert not door._was_too_much({"text": ""})


def test_a_mail_of_outlook_says_who_wrote_to_whom_and_what_is_attached() -> None:
    within = msg("From within.", within=True, attached=[("deep.txt", b"deep words")])
    found = read(msg_file(attached=[("prices.xlsx", files.sheets()), within]), "a.msg")
    assert found.title == "Lunch on Friday"
    head = (
        "From: Ann <ann@example.org>\nTo: Bob <bob@example.org>\nDate: 2026-01-05 12:30 UTC\nSubject: Lunch on Friday"
    )
    assert [text for text, *_ in places(found)] == [
        head,
        "Shall we meet at the market?",
        "Attachments: prices.xlsx",
        "Item | Price\nthing 0 | 0\nthing 1 | 1",
        head,
        "From within.",
        "Attachments: deep.txt",
        "deep words",
    ]


def test_a_mail_of_outlook_that_lies_too_deep_is_named() -> None:
    within = msg("level 6", within=True)
    for level in range(5, 0, -1):
        within = msg(f"level {level}", within=True, attached=[within])
    text = read(msg_file("level 0", attached=[within]), "a.msg").text
    assert [number for number in range(7) if f"level {number}" in text] == [0, 1, 2, 3, 4]
    assert text.endswith("Attachments: Lunch on Friday (not read: it lies too deep within other mails)")


def test_a_mail_of_outlook_in_html_or_rich_text_alone_is_read() -> None:
    assert "at the market" in read(msg_file("", x10130102=b"<p>Meet <b>at the market</b></p>"), "a.msg").text
    packed = b"\x1e\0\0\0" + b"\x0e\0\0\0MELA\0\0\0\0" + b"{\\rtf1 in rtf}"
    assert read(msg_file("", x10090102=packed), "a.msg").text.endswith("in rtf")


def test_bytes_of_no_encoding_lose_no_mail() -> None:
    assert "kept" in read(msg_file("", x1000001E=b"kept \x81\x8d"), "a.msg").text
