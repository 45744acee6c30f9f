"""Every screen of the web apps, from the apps' own tables, and which test shows it to axe-core."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

SOURCES = Path(__file__).resolve().parents[2] / "pwa" / "src"

# A new screen needs a test that looks at it by `find_faults`; that test is named here.
SHOWN_BY: dict[str, tuple[str, ...]] = {
    "test_accessibility::test_courier_screens": (
        *("courier round", "courier bag", "courier ready", "courier outbox", "courier settings"),
        *("courier close", "courier map", "courier stop", "courier attempt"),
    ),
    "test_accessibility::test_result_is_handed_over_by_keyboard": (
        *("courier visit", "courier receipt"),
    ),
    "test_two_rounds_in_browser::test_round_left_open_yesterday_is_closed_after_todays": (
        *("courier round", "courier close"),
    ),
    "test_money_in_browser::test_a_day_of_money_with_no_signal": (
        *("courier cash", "courier cash/take", "courier cash/count"),
    ),
    "test_keys_in_browser::test_money_of_a_day_by_keyboard_with_no_signal": ("courier cash/pass",),
    "test_hand_over_in_browser::test_item_changes_hands_between_two_phones_offline": (
        *("courier hand", "courier give", "courier take"),
    ),
    "test_accessibility::test_dispatcher_screens": (
        *("dispatch board", "dispatch errands", "dispatch imports", "dispatch plan"),
        *("dispatch held", "dispatch couriers", "dispatch rules"),
    ),
    "test_cash_in_browser::test_a_day_of_cash": (
        *("cash desk", "cash float", "cash shifts", "cash day", "cash bank"),
    ),
    "test_counter_in_browser::test_a_day_at_the_counter": ("cash counter",),
    "test_remit_in_browser::test_what_was_collected_is_handed_on": (
        *("cash remit", "cash receipts", "cash approvals"),
    ),
    "test_agency_in_browser::test_a_list_of_an_agency": (
        *("partner lists", "partner bring", "partner reconcile"),
    ),
    "test_accessibility::test_public_screens": ("citizen code", "citizen visit", "docs"),
}
visited: set[str] = set()
"""The screens that axe-core has looked at in this test."""


def list_screens() -> set[str]:
    """Return every screen as `<app> <screen>`.

    Raises `KeyError` for an app that has pages but no reader here.
    """
    pages = {page.stem for page in SOURCES.parent.glob("*.html")}
    return {" ".join((app, one)).strip() for app in pages for one in READERS[app]()}


def screen_of(url: str) -> str:
    """Return which screen stands at an address."""
    address = urlsplit(url)
    app, _, rest = address.path.lstrip("/").partition("/")
    if app == "courier":
        return f"courier {_courier_screen(address.fragment.strip('/').split('/'))}"
    if app in ("dispatch", "cash", "partner"):
        name = address.fragment.strip("/").split("?")[0].split("/")[0]
        first = {"dispatch": "board", "cash": "desk", "partner": "lists"}[app]
        return f"{app} {name or first}"
    if app == "docs":
        return "docs"
    return "citizen visit" if app == "t" and rest else "citizen code"


def _courier_screen(parts: list[str]) -> str:
    if parts[0] == "stop":
        return parts[2] if len(parts) > 2 else "stop"
    return "/".join(parts[:2]) if parts[0] == "cash" else parts[0] or "round"


def _words_of(text: str) -> list[str]:
    return re.findall(r"'([\w/]+)'", text)


def _read_courier() -> list[str]:
    source = (SOURCES / "courier" / "router.svelte.ts").read_text(encoding="utf-8")
    route = re.search(r"export type Route =(.*?);\n\n", source, re.DOTALL)
    plain = re.search(r"const PLAIN = \[(.*?)\] as const", source, re.DOTALL)
    deeds = re.search(r"const DEEDS = \[(.*?)\]", source)
    assert route is not None
    assert plain is not None
    assert deeds is not None
    named = re.findall(r"screen: ((?:'\w+'(?: \| )?)+)", route[1])
    return [
        *(word for part in named for word in _words_of(part)),
        *_words_of(plain[1]),
        *(f"cash/{deed}" for deed in _words_of(deeds[1])),
    ]


def _read_desk(app: str) -> Callable[[], list[str]]:
    def read() -> list[str]:
        source = (SOURCES / app / "state" / "view.svelte.ts").read_text(encoding="utf-8")
        listed = re.search(r"SCREENS = (\[.*?)\nexport type", source, re.DOTALL)
        assert listed is not None
        return _words_of(listed[1])

    return read


def _read_citizen() -> list[str]:
    return [file.stem.lower() for file in (SOURCES / "citizen" / "screens").glob("*.svelte")]


READERS: dict[str, Callable[[], list[str]]] = {
    "courier": _read_courier,
    "dispatch": _read_desk("dispatch"),
    "cash": _read_desk("cash"),
    "partner": _read_desk("partner"),
    "citizen": _read_citizen,
    "docs": lambda: [""],
}
