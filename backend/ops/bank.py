"""A stand-in for a bank: reads a VietQR as a banking app does, and tells us with a signed notice.

`python -m backend.ops.bank`, for demonstrations and tests; it moves no money. The key is in
`TANNOI_BANK_SECRET` (`whsk_…` or `whsec_…`); the service knows its other half as
`TANNOI_BANK_KEYS`. `POST /pay` with `{"payload"}`, and for what goes wrong at banks `amount_vnd`,
`content`, `times`, `message_id`, `bank_reference`.
"""

import http.server
import json
import os
import re
import sys
import threading
import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import Any, Final

from backend.kit.errors import Refusal
from backend.kit.ids import new_id
from backend.kit.vietqr import read_payload
from backend.kit.webhooks import sign

PLACE: Final = "/api/bank/v1/notices"
TIMEOUT_S: Final = 15
LOOPBACK: Final = re.compile(r"http://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?")


def make_message(payload: str, changes: dict[str, Any], *, now: datetime) -> bytes:
    """Return the body of a notice that a VietQR was paid; `changes` is what the bank got wrong."""
    qr = read_payload(payload)
    fields: dict[str, Any] = {
        "bank_reference": f"FT{new_id().hex[:20].upper()}",
        "bin": qr.bin,
        "account": qr.account,
        "amount_vnd": qr.amount_vnd or 0,
        "content": f"CT DEN {qr.purpose} NGAN HANG MAU",
        "paid_at": now.isoformat(),
    }
    fields |= {name: changes[name] for name in fields if name in changes}
    return json.dumps({"type": "payment.received", "data": fields}, ensure_ascii=False).encode()


def send(service: str, body: bytes, key: str, *, message_id: str, now: datetime) -> tuple[int, str]:
    """Send a notice; return status and words of the answer."""
    headers = sign(message_id, now, body, key) | {"content-type": "application/json"}
    request = urllib.request.Request(service + PLACE, body, headers, method="POST")  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")


def pay(service: str, key: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
    """Pay a VietQR and tell of it, `times` times over; return what the service answered."""
    now = datetime.now(UTC)
    body = make_message(str(asked["payload"]), asked, now=now)
    message_id = str(asked.get("message_id") or f"msg_{new_id().hex}")
    answers = []
    for _ in range(min(int(asked.get("times", 1)), 20)):
        status, said = send(service, body, key, message_id=message_id, now=now)
        answers.append({"status": status, "said": said})
    return answers


class Counter(http.server.BaseHTTPRequestHandler):
    """Answers `POST /pay`."""

    service: str
    key: str

    def do_POST(self) -> None:
        """Pay what is asked; 400 for what is no VietQR."""
        try:
            length = min(int(self.headers.get("content-length", "0")), 65_536)
            asked = json.loads(self.rfile.read(length))
            status, said = 200, json.dumps({"answers": pay(self.service, self.key, asked)})
        except (Refusal, ValueError, KeyError, TypeError, urllib.error.URLError) as error:
            status, said = 400, json.dumps({"error": str(error)})
        raw = said.encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of each request."""


def open_counter(service: str, key: str, *, port: int = 0) -> http.server.ThreadingHTTPServer:
    """Return the bank's counter on this machine, serving in a thread; `shutdown` ends it."""
    if not LOOPBACK.fullmatch(service):
        raise ValueError("the stand-in tells only a service on this machine")
    made = type("Counter", (Counter,), {"service": service, "key": key})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), made)
    threading.Thread(target=server.serve_forever, daemon=True, name="bank").start()
    return server


def main() -> int:
    """Serve until the input ends."""
    key = os.environ.get("TANNOI_BANK_SECRET", "")
    service = os.environ.get("TANNOI_PUBLIC_URL", "http://127.0.0.1:8000")
    if not key:
        sys.stderr.write("TANNOI_BANK_SECRET is missing.\n")
        return 2
    server = open_counter(service, key, port=int(os.environ.get("TANNOI_BANK_PORT", "8090")))
    sys.stdout.write(f"The bank's stand-in: http://127.0.0.1:{server.server_port}/pay\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
