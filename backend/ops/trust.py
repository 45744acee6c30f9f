"""The page where a phone fetches the certificate to trust, over plain HTTP: it has none yet.

It knows no person and no data; what it hands out is public.
"""

import base64
import contextlib
import hashlib
import html
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import AF_INET, AF_INET6
from string import Template
from typing import Final

from cryptography import x509
from cryptography.x509.oid import NameOID

from backend.ops.errors import CannotRun
from backend.ops.tls import Tls

PAGE: Final = Path(__file__).with_name("trust.html")
NUM_PORTS_TRIED: Final = 20
PATIENCE_S: Final = 10
CA_TYPE: Final = "application/x-x509-ca-cert"


class _Server(ThreadingHTTPServer):
    """Answers two addresses; `answers` holds type and body of each."""

    daemon_threads = True
    allow_reuse_address = False
    answers: dict[str, tuple[str, bytes]]
    policy: str


class _Handler(BaseHTTPRequestHandler):
    timeout = PATIENCE_S
    server: _Server

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        kind, body = self.server.answers.get(path, ("text/plain", b"404"))
        self.send_response(200 if path in self.server.answers else 404)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.send_header("content-security-policy", self.server.policy)
        self.send_header("cache-control", "no-store")
        self.send_header("x-content-type-options", "nosniff")
        self.send_header("referrer-policy", "no-referrer")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: the terminal is for the operator."""


@contextlib.contextmanager
def serve_trust_page(tls: Tls, *, host: str, after: int, address: str) -> Iterator[int]:
    """Serve the page on the first free port after `after`, for as long as this is held.

    `address` is where the phone goes when it trusts us. Raises `CannotRun` where no port is free.
    """
    server = _open(host, after)
    ca = x509.load_pem_x509_certificate(tls.ca_file.read_bytes())
    title = str(ca.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)
    words = {"title": title, "fingerprint": tls.fingerprint, "address": address}
    page = Template(PAGE.read_text(encoding="utf-8")).substitute(
        {name: html.escape(text) for name, text in words.items()}
    )
    server.answers = {
        "/": ("text/html; charset=utf-8", page.encode()),
        "/ca.crt": (CA_TYPE, tls.ca_file.read_bytes()),
    }
    script, style = (_digest(page, tag) for tag in ("script", "style"))
    server.policy = (
        f"default-src 'none'; script-src '{script}'; style-src '{style}'; connect-src {address}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    thread = threading.Thread(target=server.serve_forever, name="trust", daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _open(host: str, after: int) -> _Server:
    kind = type("_Server", (_Server,), {"address_family": AF_INET6 if ":" in host else AF_INET})
    for port in range(after + 1, min(after + 1 + NUM_PORTS_TRIED, 65536)):
        with contextlib.suppress(OSError):
            found: _Server = kind((host, port), _Handler)
            return found
    raise CannotRun(
        f"No port from {after + 1} on is free for the page with the certificate. Choose another "
        f"with --port {after + NUM_PORTS_TRIED}."
    )


def _digest(page: str, tag: str) -> str:
    """Return the hash by which the policy lets the page's own script or style run."""
    inside = re.search(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
    assert inside is not None, f"the page has one {tag}"
    return f"sha256-{base64.b64encode(hashlib.sha256(inside[1].encode()).digest()).decode()}"
