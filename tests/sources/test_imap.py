"""A mailbox as a source, of a real dovecot."""

import logging
import shutil
import time
import uuid
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from larder_sources.changes import SourceUnavailable
from larder_sources.config import ConfigRefused
from larder_sources.formats.mail import read_mail
from larder_sources.transport.mailbox import MARKS, quoted

from tests.sources.conftest import Keeper
from tests.sources.imap_server import PASSWORD, ImapServer, imap_server


@pytest.fixture(scope="module")
def server() -> Iterator[ImapServer]:
    with imap_server() as made:
        yield made


class Box:
    """Somebody's mailbox."""

    def __init__(self, server: ImapServer, name: str) -> None:
        self.server, self.name = server, name

    def deliver(self, *subjects: str, folder: str = "INBOX", body: str = "Flights") -> None:
        with self.server.user(self.name, folder) as imap:
            for subject in subjects:
                state, told = imap.append(quoted(folder), "", "", bytes(mail(subject, body)))
                assert state == "OK", told

    def mark(self, number: int, flag: str, *, expunge: bool = False) -> None:
        with self.server.user(self.name) as imap:
            imap.store(str(number), "+FLAGS", flag)
            if expunge:
                imap.expunge()


def mail(subject: str, body: str = "Flights") -> EmailMessage:
    made = EmailMessage()
    made["Subject"], made["From"], made["To"] = subject, "Ann Öz <ann@example.com>", "bob@example.com"
    made["Date"] = "Sat, 04 May 2024 12:00:00 +0200"
    made.set_content(body)
    return made


@pytest.fixture
def box(server: ImapServer) -> Box:
    return Box(server, f"ann-{uuid.uuid4().hex[:8]}")


@pytest.fixture
def letters(tmp_path: Path, server: ImapServer, box: Box) -> Keeper:
    options = {"kind": "imap", "url": server.url, "username": box.name, "password": "${SECRET}"}
    options |= {"ca_file": str(server.certificate), "id": "{{ subject | tag }}"}
    return Keeper(folder=tmp_path, options=options, environment={"SECRET": PASSWORD})


def test_new_messages_come_and_expunged_ones_go(letters: Keeper, box: Box) -> None:
    box.deliver("One", "Two", "Three")
    first, unchanged = letters.sync(), letters.sync()
    box.mark(1, r"\Deleted", expunge=True)
    box.deliver("Four")
    second = letters.sync()
    assert (first.full, first.pushed) == (True, 3)
    assert (unchanged.full, unchanged.pushed, unchanged.unchanged) == (False, 0, 0)
    assert (second.full, second.pushed, second.unchanged, second.deleted) == (False, 1, 2, 1)
    assert letters.ids() == ["four", "three", "two"]
    two = letters.documents()["two"]
    assert two.content == "From: Ann Öz <ann@example.com>\nTo: bob@example.com\nSubject: Two\n\nFlights"
    assert str(two.updated_at) == "2024-05-04 12:00:00+02:00"
    assert (two.metadata["folder"], two.metadata["sender"]) == ("INBOX", "Ann Öz <ann@example.com>")


@pytest.mark.parametrize("marks", [MARKS, MARKS[:-1]], ids=["condstore", "none"])
def test_an_expunged_message_alone_is_seen(
    letters: Keeper, box: Box, marks: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("larder_sources.transport.mailbox.MARKS", marks)
    box.deliver("One", "Two")
    letters.sync()
    box.mark(2, r"\Deleted", expunge=True)
    assert letters.sync().deleted == 1
    assert letters.ids() == ["one"]


def test_what_is_marked_as_deleted_is_gone_before_it_is_expunged(letters: Keeper, box: Box) -> None:
    box.deliver("One", "Two")
    letters.sync()
    box.mark(2, r"\Deleted")
    assert letters.sync().deleted == 1


def test_a_folder_with_another_uidvalidity_is_read_anew(letters: Keeper, server: ImapServer, box: Box) -> None:
    letters.options["id"] = "{{ key }}"
    box.deliver("One", "Two")
    letters.sync()
    assert len(letters.ids()) == 2
    shutil.rmtree(server.mail / box.name)
    time.sleep(1.1)  # dovecot takes the second for it
    box.deliver("Other")
    with server.user(box.name) as imap:
        validity = int(imap.response("UIDVALIDITY")[1][0])
    synced = letters.sync()
    assert (synced.pushed, synced.deleted) == (1, 2)
    assert letters.ids() == [f"INBOX/{validity}/1"]


def test_reading_marks_nothing_as_seen(letters: Keeper, server: ImapServer, box: Box) -> None:
    box.deliver("One")
    letters.sync()
    with server.user(box.name) as imap:
        assert imap.search(None, "UNSEEN")[1] == [b"1"]


def test_folders_of_any_name_and_many_messages(letters: Keeper, box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("larder_sources.transport.mailbox.MESSAGES", 2)
    folders = ["INBOX", 'Entwürfe & "mehr"', "日本語"]
    for number, folder in enumerate(folders):
        box.deliver(*(f"{number} {count}" for count in range(3)), folder=folder)
    letters.options |= {"folders": folders, "metadata": {"where": "{{ folder }}"}}
    assert letters.sync().pushed == 9
    assert {each.metadata["where"] for each in letters.documents().values()} == set(folders)


def test_a_message_that_is_too_large_is_named(letters: Keeper, box: Box) -> None:
    box.deliver("One")
    box.deliver("Large", body="x\n" * 1_000)
    letters.options["max_bytes"] = 1_000
    (reason,) = letters.sync().state["passed_over"]["first"].values()
    assert reason == "it has more than 1,000 bytes"
    assert letters.ids() == ["one"]


def test_check_says_how_many_messages_there_are(letters: Keeper, box: Box) -> None:
    box.deliver("One", "Two")
    assert letters.configured().source.check() == f"2 messages in INBOX of {box.name}"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"password": "wrong"}, "does not let .* in: .*[Aa]uthentication failed"),
        ({"folders": ["INBOX", "None"]}, "Mailbox doesn't exist: None"),
        ({"url": "imap://127.0.0.1:9"}, "imap://127.0.0.1:9 cannot be asked: .*refused"),
        ({"ca_file": None}, "cannot be asked: .*certificate"),
    ],
)
def test_what_is_wrong_is_told_by_its_name(letters: Keeper, box: Box, change: dict[str, Any], told: str) -> None:
    box.deliver("One")
    letters.sync()
    letters.options |= change
    with pytest.raises(SourceUnavailable, match=told):
        letters.configured().source.check()
    with pytest.raises(SourceUnavailable, match=told):
        letters.sync()
    assert letters.ids() == ["one"]


def test_the_password_stands_nowhere(letters: Keeper, box: Box, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    box.deliver("One")
    letters.sync()
    assert not any(PASSWORD.encode() in path.read_bytes() for path in letters.folder.rglob("*") if path.is_file())
    assert PASSWORD not in caplog.text


def test_plain_text_is_preferred_to_html_and_attachments_are_counted() -> None:
    made = mail("Both", "In plain text")
    made.add_alternative("<p>In <b>HTML</b></p>", subtype="html")
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="a.pdf")
    told = read_mail(bytes(made))
    assert told["content"].endswith("\n\nIn plain text")
    assert (told["attachments"], told["metadata"]["attachments"]) == (1, 1)


def test_a_message_of_html_alone_is_told_as_text() -> None:
    made = mail("HTML")
    made.set_content("<style>p {}</style><p>Dear all,</p><p>Flights &amp; trains</p>", subtype="html")
    assert read_mail(bytes(made))["content"].endswith("\n\nDear all,\n\nFlights & trains")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"Subject: =?utf-8?q?=FC?=\r\n\r\nText", "Text"),
        (b"Subject: A\r\nContent-Type: text/plain; charset=none-such\r\n\r\nText \xfc", "Text \ufffd"),
        (b"Subject: A\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nText", "Text"),
        (b"From: @@,\r\nDate: yesterday\r\n\r\nText\0", "Text"),
        (b"no header at all", "Subject"),
        (b"", ""),
    ],
)
def test_broken_messages_are_read_as_far_as_they_go(data: bytes, told: str) -> None:
    values = read_mail(data)
    assert told in values["content"] or told == "Subject"
    assert values["content"].encode()
    assert "\0" not in values["content"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"url": "mail.example.com"}, "url: it is no address such as imaps://mail.example.com"),
        ({"folders": []}, "folders: "),
        ({"content": "{{ sendr }}"}, "content: there is no value 'sendr'; did you mean 'sender'"),
    ],
)
def test_options_that_cannot_be_are_refused(tmp_path: Path, options: dict[str, Any], told: str) -> None:
    given = {"kind": "imap", "url": "imaps://mail.example.com", "username": "ann", "password": "x"}
    with pytest.raises(ConfigRefused, match=told):
        Keeper(folder=tmp_path, options={**given, **options}).configured()
