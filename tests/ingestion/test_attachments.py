"""What is attached to mails is read by its own reader, within bounds; what cannot be read is named with the reason."""

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


def test_a_mail_of_outlook_in_html_or_rich_text_alone_is_read() -> None:
    assert "at the market" in read(msg_file("", x10130102=b"<p>Meet <b>at the market</b></p>"), "a.msg").text
    packed = b"\x1e\0\0\0" + b"\x0e\0\0\0MELA\0\0\0\0" + b"{\\rtf1 in rtf}"
    assert read(msg_file("", x10090102=packed), "a.msg").text.endswith("in rtf")


def test_bytes_of_no_encoding_lose_no_mail() -> None:
    assert "kept" in read(msg_file("", x1000001E=b"kept \x81\x8d"), "a.msg").text
