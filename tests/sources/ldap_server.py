"""A real slapd on loopback, in a folder of its own, with a certificate that it made itself."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ldap3 import MODIFY_REPLACE, Connection, Server

from tests.providers.calling import self_signed

ADMIN, PASSWORD = "cn=admin,dc=example,dc=com", "s3cret ü"
FEW = 5
"""So many entries does it send to those who are not named in its limits."""
CONFIG = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
TLSCertificateFile {folder}/both.pem
TLSCertificateKeyFile {folder}/both.pem
database mdb
suffix dc=example,dc=com
rootdn {admin}
rootpw "{password}"
directory {folder}/data
dbnosync
sizelimit {few}
"""


@dataclass(frozen=True)
class LdapServer:
    """Its address, with the file of its certificate, and somebody who writes to it."""

    url: str
    certificate: Path
    admin: Connection

    def add(self, *names: str, unit: str, **more: str) -> None:
        for name in names:
            self.admin.add(f"uid={name},{unit}", "inetOrgPerson", {"cn": name.title(), "sn": name, **more})

    def change(self, name: str, *, unit: str, **values: list[str | bytes]) -> None:
        self.admin.modify(f"uid={name},{unit}", {key: [(MODIFY_REPLACE, each)] for key, each in values.items()})

    def make_unit(self, name: str) -> str:
        unit = f"ou={name},dc=example,dc=com"
        self.admin.add(unit, "organizationalUnit")
        return unit


@contextmanager
def ldap_server(folder: Path) -> Iterator[LdapServer]:
    (folder / "data").mkdir()
    self_signed(folder)
    told = CONFIG.format(folder=folder, admin=ADMIN, password=PASSWORD, few=FEW)
    (folder / "slapd.conf").write_text(told, encoding="utf-8")
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    program = shutil.which("slapd", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program, "apt-get install slapd"
    command = [program, "-h", f"ldap://127.0.0.1:{port}", "-f", str(folder / "slapd.conf"), "-d", "0"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait_for(port, folder / "log")
        with Connection(Server("127.0.0.1", port), ADMIN, PASSWORD, raise_exceptions=True) as admin:
            admin.add("dc=example,dc=com", ["dcObject", "organization"], {"o": "Example"})
            yield LdapServer(f"ldap://127.0.0.1:{port}", folder / "both.pem", admin)
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int, log: Path) -> None:
    for _ in range(200):
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(log.read_text(errors="replace"))
