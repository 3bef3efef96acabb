"""The objects of a bucket, of Amazon S3 or any server that speaks its protocol."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from larder_sources.changes import Change, Item, Reading, Unreadable, Values
from larder_sources.formats.markdown import FILES, NAMES, read_page
from larder_sources.globs import Globs
from larder_sources.kinds import Kind
from larder_sources.options import Ascii, Options
from larder_sources.transport.s3_client import Addressing, Bucket, Credentials, Object


class S3Options(Options):
    """Markdown and plain text in a bucket."""

    NAMES: ClassVar[frozenset[str]] = NAMES | {"bucket"}

    kind: Literal["s3"]
    bucket: str = Field(min_length=1, description="Its name")
    endpoint: str | None = Field(default=None, description="The server's address; Amazon's in `region` without one")
    region: Ascii = Field(default="us-east-1", description="Where the bucket lies; most other servers take any")
    access_key: Ascii | None = Field(default=None, description="Without one the bucket has to be public")
    secret_key: SecretStr | None = Field(default=None, description="That of the access key")
    session_token: SecretStr | None = Field(default=None, description="For keys that end")
    addressing: Addressing = Field(default="path", description="Whether the bucket stands in the path or in the host")
    prefix: str = Field(default="", description="Only keys that begin with it")
    include: tuple[str, ...] = Field(default=FILES, description="Globs of keys")
    exclude: tuple[str, ...] = Field(default=(), description="Globs of keys that are left out")
    max_bytes: int = Field(default=5_000_000, gt=0, description="A larger object is passed over")

    @field_validator("endpoint")
    @classmethod
    def _endpoint_is_one(cls, endpoint: str | None) -> str | None:
        place = urlsplit(endpoint) if endpoint else None
        if place and (place.scheme not in ("http", "https") or not place.hostname or place.query or place.username):
            raise ValueError("it is no address such as https://s3.example.com")
        return endpoint

    @model_validator(mode="after")
    def _keys_are_whole(self) -> S3Options:
        if bool(self.access_key) != bool(self.secret_key):
            raise ValueError("access_key and secret_key belong together")
        return self

    @property
    def credentials(self) -> Credentials | None:
        if not self.access_key or not self.secret_key:
            return None
        session = self.session_token.get_secret_value() if self.session_token else ""
        return Credentials(access_key=self.access_key, secret_key=self.secret_key.get_secret_value(), session=session)


class S3Source:
    """Objects are told apart by ETag, size and time; each sync lists the bucket, a thousand objects a request."""

    lists_everything: ClassVar[bool] = True

    def __init__(self, options: S3Options, _: Path) -> None:
        self._options = options
        self._globs = Globs(options.include, options.exclude)
        self._bucket = Bucket(
            options.endpoint or f"https://s3.{options.region}.amazonaws.com",
            options.bucket,
            region=options.region,
            addressing=options.addressing,
            credentials=options.credentials,
        )

    def check(self) -> str:
        found = sum(isinstance(each, Item) for each in self.changes(Reading()))
        self.close()
        return f"{found} objects in the bucket {self._options.bucket} of {self._bucket.endpoint}"

    def changes(self, reading: Reading) -> Iterator[Change]:
        for each in self._bucket.objects(self._options.prefix):
            if self._globs.fit(each.key) and not each.key.endswith("/"):  # consoles make folders of such objects
                yield self._change(each)
        reading.complete = True

    def close(self) -> None:
        self._bucket.close()

    def _change(self, found: Object) -> Change:
        if {".", ".."} & set(found.key.split("/")):
            return Unreadable(found.key, "its key has a part of dots alone, which no address can hold")
        if found.size > self._options.max_bytes:
            return Unreadable(found.key, f"it has {found.size:,} bytes, more than max_bytes")
        fingerprint = f"{found.etag}:{found.size}:{found.modified.isoformat()}"
        return Item(key=found.key, fingerprint=fingerprint, read=partial(self._read, found))

    def _read(self, found: Object) -> Values:
        data = self._bucket.read(found.key, max_bytes=self._options.max_bytes)
        return {**read_page(found.key, data), "bucket": self._options.bucket, "updated_at": found.modified}


KIND = Kind(options=S3Options, make=S3Source)
