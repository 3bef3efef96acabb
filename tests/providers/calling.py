"""Calls through the guard at the door, and a certificate that nobody vouches for."""

import asyncio
import datetime
import ipaddress
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from providers.outbound.addresses import Policy
from providers.outbound.http import (
    OutboundResponse,
    Resolve,
    call,
    deadline,
    open_client,
    resolve_host,
)

CAP = 10_000


def fetch(
    url: str,
    *,
    policy: Policy = Policy.PROVIDER,
    timeout_ms: int = 3_000,
    resolve: Resolve = resolve_host,
) -> OutboundResponse:
    async def run() -> OutboundResponse:
        async with deadline(timeout_ms), open_client(policy, resolve=resolve) as client:
            return await call(client, "POST", url, headers={"X-Test": "yes"}, max_body_bytes=CAP)

    return asyncio.run(run())


def self_signed(directory: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    (directory / "both.pem").write_bytes(private + certificate.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory / "both.pem")
    return context
