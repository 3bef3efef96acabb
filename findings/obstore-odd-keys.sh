#!/usr/bin/env bash
# obstore 0.12.1: one key with an empty part, or a part of dots, and nothing of its bucket is listed; other keys are listed under
# names that they do not have.
#
# A key of S3 is any text of up to 1,024 bytes, and a slash in it is a sign like others. One would guess that a client lists
# what is there, and reads by what it listed. Seen, each beside the keys `a.md` and `z.md` in a bucket of moto's server:
#   - with `a//b.md`, `../up.md` or `./here.md`, `list` raises InvalidPathError, and `a.md` and `z.md` are not told either;
#   - `/lead.md` is listed as `lead.md`, and reading that is a FileNotFoundError;
#   - `folder/`, which consoles make for a folder, is listed as `folder`, and reading that is a FileNotFoundError, too.
# boto3 lists and reads all of them. So whoever keeps a copy of buckets that others write to needs a client that takes keys for texts.
#
# Output: a line for each key, then `as described`. Fails when any of it changes.
set -euo pipefail
room="$(mktemp -d)"
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  obstore==0.12.1 boto3==1.44.8 'moto[s3,server]==5.2.5'
export NO_PROXY=127.0.0.1
"$room/venv/bin/python" - <<'PYTHON'
import socket
import subprocess
import sys
import time

import boto3
import obstore
from obstore.exceptions import InvalidPathError
from obstore.store import S3Store

EXPECTED = {
    "a//b.md": "nothing is listed",
    "../up.md": "nothing is listed",
    "./here.md": "nothing is listed",
    "/lead.md": "listed as lead.md, which is not found",
    "folder/": "listed as folder, which is not found",
}


def seen(store, key):
    try:
        (path,) = {each["path"] for page in obstore.list(store) for each in page} - {"a.md", "z.md"}
    except InvalidPathError:
        return "nothing is listed"
    try:
        obstore.get(store, path)
    except FileNotFoundError:
        return f"listed as {path}, which is not found"
    return f"listed as {path}, and read"


with socket.socket() as found:
    found.bind(("127.0.0.1", 0))
    port = found.getsockname()[1]
command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
try:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            time.sleep(0.1)
    url, region = f"http://127.0.0.1:{port}", "us-east-1"
    s3 = boto3.client(
        "s3", endpoint_url=url, region_name=region, aws_access_key_id="any", aws_secret_access_key="any"
    )
    told = {}
    for number, key in enumerate(EXPECTED):
        bucket = f"bucket-{number}"
        s3.create_bucket(Bucket=bucket)
        for each in ("a.md", "z.md", key):
            s3.put_object(Bucket=bucket, Key=each, Body=b"text")
        listed = {each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]}
        assert listed == {"a.md", "z.md", key}, listed
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == b"text"
        told[key] = seen(
            S3Store(
                bucket,
                endpoint=url,
                region=region,
                access_key_id="any",
                secret_access_key="any",
                client_options={"allow_http": True},
            ),
            key,
        )
        print(f"{key}: {told[key]}")
finally:
    server.terminate()
    server.wait()
assert told == EXPECTED, told
print("as described")
PYTHON
