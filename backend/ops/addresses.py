"""The addresses printed at start: in a demo, each with its user and a link that signs in."""

import asyncio
import io
from typing import Final
from urllib.parse import quote

import asyncpg
import segno
from rich.console import Console

from backend.kit.clock import now
from backend.ops import demo
from backend.ops.place import Place
from backend.ops.tls import Tls
from backend.settings import Settings

APPS: Final = (
    ("/dispatch/", "Điều phối", "dispatch"),
    ("/courier/", "Bưu tá", "courier"),
    ("/cash/", "Quỹ tiền mặt", "cash"),
    ("/partner/", "Cơ quan", "agency"),
    ("/", "Người dân", "citizen"),
    ("/docs/", "Tài liệu API", "API documentation"),
)
ROLES: Final = {
    "dispatcher": ("Điều phối viên", "dispatcher"),
    "courier": ("Bưu tá", "courier"),
    "agency_officer": ("Cán bộ một cửa", "agency officer"),
    "cashier": ("Thủ quỹ", "cashier"),
    "controller": ("Kiểm soát", "controller"),
    "planner": ("Quy hoạch", "planner"),
    "administrator": ("Quản trị", "administrator"),
}
NUM_OF_A_ROLE_MAX: Final = 2
LIST_DEMO_STAFF: Final = """
SELECT s.username, s.display_name, s.role, o.name
FROM identity.staff s
JOIN network.office o ON o.id = s.office_id
WHERE s.is_demo AND s.status = 'active'
ORDER BY o.code, s.username
"""


def show_addresses(console: Console, place: Place, settings: Settings) -> None:
    """Print where each app is, and for a demo the links that sign its people in."""
    public_url = settings.public_url
    for path, vietnamese, english in APPS:
        _show(console, f"[bold]{vietnamese}[/] [dim]{english}[/]", public_url + path)
    if not settings.is_demo:
        return
    console.print("\n[bold]Vào thử[/] [dim]try it: each link signs its demo user in[/]")
    for role, name, office, path in asyncio.run(_list_sign_ins(place)):
        vietnamese, english = ROLES[role]
        title = f"[bold]{vietnamese}[/] [dim]{english}[/]  {name}, {office}"
        _show(console, title, public_url + path)
    citizen_path = asyncio.run(demo.find_citizen_path(settings, now=now()))
    if citizen_path is not None:
        title = "[bold]Người dân[/] [dim]citizen[/]  liên kết theo dõi của một hồ sơ mẫu"
        _show(console, title, public_url + citizen_path)


def show_phone(console: Console, place: Place, settings: Settings, *, page: str, tls: Tls) -> None:
    """Print the QR that a phone scans: certificate first, then the courier's app.

    The sign-in of a demo's courier stands behind the `#`, which no browser sends: the page over
    plain HTTP hands it on by itself.
    """
    sign_ins = asyncio.run(_list_sign_ins(place)) if settings.is_demo else []
    path = next((path for role, _, _, path in sign_ins if role == "courier"), "/courier/")
    console.print(
        "\n[bold]Điện thoại cùng mạng: quét mã này[/] [dim]a phone on this network: scan this[/]"
    )
    drawn = io.StringIO()
    segno.make(f"{page}/#{path}", error="l", micro=False).terminal(drawn, border=2, compact=True)
    console.print(drawn.getvalue(), markup=False, highlight=False, soft_wrap=True)
    _show(console, "Chứng chỉ, cách cài [dim]the certificate and how to trust it[/]", f"{page}/")
    _show(console, "Ứng dụng bưu tá [dim]the courier's app[/]", f"{settings.public_url}/courier/")
    _show(console, "Mã SHA-256 của chứng chỉ [dim]its SHA-256[/]", tls.fingerprint)


def _show(console: Console, title: str, url: str) -> None:
    """Print an address whole on a line of its own, so that it can be clicked and copied."""
    console.print(title, soft_wrap=True, highlight=False)
    console.print(f"  [cyan]{url}[/]", soft_wrap=True, highlight=False)


async def _list_sign_ins(place: Place) -> list[tuple[str, str, str, str]]:
    """Return role, name, office and path of a few demo users of each role."""
    conn = await asyncpg.connect(place.admin_url)
    try:
        async with conn.transaction():
            await conn.execute("SELECT set_config('app.offices', '*', true)")
            rows = await conn.fetch(LIST_DEMO_STAFF)
    finally:
        await conn.close()
    by_role: dict[str, list[tuple[str, str, str, str]]] = {role: [] for role in ROLES}
    for username, name, role, office in rows:
        path = f"/demo/{quote(username)}?key={place.demo_key}"
        by_role[role].append((role, name, office, path))
    return [entry for entries in by_role.values() for entry in _spread(entries)]


def _spread(entries: list[tuple[str, str, str, str]]) -> list[tuple[str, str, str, str]]:
    """Return a few people, of different offices where there are some."""
    chosen: dict[str, tuple[str, str, str, str]] = {}
    for entry in entries:
        chosen.setdefault(entry[2], entry)
    return list(chosen.values())[:NUM_OF_A_ROLE_MAX]
