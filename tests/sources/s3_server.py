"""A server of S3 on loopback, moto's, which checks keys and signatures once there is a user."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3

UNCHECKED = 3
"""Requests that make the first user."""
KEYS_A_PAGE = 10
ALL = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "%s", "Resource": "*"}]}'


@dataclass(frozen=True)
class S3Server:
    """Its address, and a user's keys, who may do everything."""

    url: str
    access_key: str
    secret_key: str

    def client(self, service: str) -> Any:
        return _client(service, self.url, self.access_key, self.secret_key)

    def user_who_may(self, action: str) -> tuple[str, str]:
        """The keys of another user."""
        return _make_user(self.client("iam"), action.replace(":", "-").strip("*"), action)


@contextmanager
def s3_server() -> Iterator[S3Server]:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    told = {"INITIAL_NO_AUTH_ACTION_COUNT": str(UNCHECKED), "MOTO_S3_DEFAULT_MAX_KEYS": str(KEYS_A_PAGE)}
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, env=os.environ | told, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        url = f"http://127.0.0.1:{port}"
        yield S3Server(url, *_make_user(_client("iam", url, "anybody", "anything"), "ann", "*"))
    finally:
        process.terminate()
        process.wait(10)


def _client(service: str, url: str, access_key: str, secret_key: str) -> Any:
    keys = {"aws_access_key_id": access_key, "aws_secret_access_key": secret_key}
    return boto3.client(service, endpoint_url=url, region_name="us-east-1", **keys)


def _make_user(iam: Any, name: str, action: str) -> tuple[str, str]:
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="all", PolicyDocument=ALL % action)
    made = iam.create_access_key(UserName=name)["AccessKey"]
    return made["AccessKeyId"], made["SecretAccessKey"]


def _wait_for(port: int) -> None:
    for _ in range(300):
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"nothing listens on {port}")
