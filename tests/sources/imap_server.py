"""A real dovecot on loopback, in a folder of its own, with a mailbox for each name."""

import grp
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from larder_sources.transport.mailbox import quoted

from tests.providers.calling import self_signed

PASSWORD = "s3crét"
CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
ssl_cert = <{folder}/both.pem
ssl_key = <{folder}/both.pem
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={mail} gid={group} home={folder}/mail/%u
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""


@dataclass(frozen=True)
class ImapServer:
    """Its address, with the file of its certificate, and the folder of all mailboxes."""

    port: int
    certificate: Path
    mail: Path

    @property
    def url(self) -> str:
        return f"imap://127.0.0.1:{self.port}"

    @contextmanager
    def user(self, name: str, folder: str = "INBOX") -> Iterator[imaplib.IMAP4]:
        """Somebody who reads and writes mail; the folder is made."""
        with imaplib.IMAP4("127.0.0.1", self.port) as imap:
            imap.authenticate("PLAIN", lambda _: f"\0{name}\0{PASSWORD}".encode())
            imap.create(quoted(folder))
            imap.select(quoted(folder))
            yield imap


def _users() -> dict[str, str]:
    """As whom its processes run. Of root dovecot wants that it uses others, which Debian's package has made."""
    if os.getuid() == 0:
        return {"internal": "dovecot", "login": "dovenull", "mail": "mail", "group": "mail"}
    user, group = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
    return {"internal": user, "login": user, "mail": user, "group": group}


@contextmanager
def imap_server() -> Iterator[ImapServer]:
    with tempfile.TemporaryDirectory() as made:  # pytest's own may be entered by nobody else
        Path(made).chmod(0o755)
        with _running(Path(made)) as server:
            yield server


@contextmanager
def _running(folder: Path) -> Iterator[ImapServer]:
    self_signed(folder)
    users = _users()
    (folder / "mail").mkdir()
    shutil.chown(folder / "mail", users["mail"], users["group"])
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    config = folder / "dovecot.conf"
    config.write_text(CONFIG.format(folder=folder, password=PASSWORD, port=port, **users), encoding="utf-8")
    program = shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program, "apt-get install dovecot-imapd"
    process = subprocess.Popen([program, "-F", "-c", str(config)], stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, folder / "log")
        yield ImapServer(port, folder / "both.pem", folder / "mail")
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int, log: Path) -> None:
    for _ in range(200):
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(log.read_text(errors="replace") if log.exists() else "no log")
