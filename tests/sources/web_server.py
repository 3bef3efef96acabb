"""A web site on loopback, as real as http.server is: pages with validators, and what was asked for."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Reply:
    """What a path answers."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Site:
    """Its address, what it answers by path, and the paths that were asked for."""

    url: str
    replies: dict[str, Reply] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def page(self, path: str, text: str, **headers: str) -> None:
        body = f"<html><head><title>{path}</title></head><body><main><p>{text}</p></main></body></html>"
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        self.replies[path] = Reply(body.encode(), headers={"Content-Type": "text/html; charset=utf-8", **told})

    def file(self, path: str, body: str | bytes, *, type: str = "text/plain", status: int = 200, **more: str) -> None:
        data = body.encode() if isinstance(body, str) else body
        told = {name.replace("_", "-"): value for name, value in more.items()}
        self.replies[path] = Reply(data, status=status, headers={"Content-Type": type, **told})

    def sitemap(self, path: str = "/sitemap.xml", **pages: str) -> None:
        """Pages by their names, each with its lastmod, empty for none."""
        entries = "".join(
            f"<url><loc>{self.url}/{name}</loc>{f'<lastmod>{lastmod}</lastmod>' if lastmod else ''}</url>"
            for name, lastmod in pages.items()
        )
        text = f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'
        self.file(path, text, type="application/xml")

    def take_asked(self) -> list[str]:
        asked, self.asked = self.asked, []
        return asked


@contextmanager
def web_site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            reply = site.replies.get(self.path, Reply(b"Not here", status=404))
            same = {("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")}
            is_known = any(
                self.headers.get(asked) == reply.headers[told] for asked, told in same if told in reply.headers
            )
            body = b"" if is_known else reply.body
            self.send_response(304 if is_known else reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Site(url=f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
