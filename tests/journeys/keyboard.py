"""What stands in the way of somebody who has only a keyboard: seen by real Tab presses."""

import asyncio
from typing import Any
from weakref import WeakKeyDictionary

from playwright.async_api import CDPSession, Page

NUM_TABS_MAX = 160
"""What lies behind so many is asked by its `tabIndex` alone: long lists are all of one kind."""
NUM_WALKS_MAX = 3
SPARE_TABS = 4
"""Scrolled boxes take the focus too, and so may what came meanwhile."""
# One for each page, for as long as it is: ending it would tell an offline page that it is online.
_devtools: WeakKeyDictionary[Page, CDPSession] = WeakKeyDictionary()
TAB = {"key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}

# What a finger can act on, and from the first press on what each one that took the focus looked
# like then. Only the uppermost dialog counts where one is open: the rest is out of reach.
BEGIN = """(() => {
    const PARTS = 'button, a[href], input:not([type=hidden]), select, textarea, summary, '
        + '[role=button], [role=switch], [role=tab], [tabindex]:not([tabindex="-1"])';
    const dialog = [...document.querySelectorAll('dialog')]
        .filter((one) => one.matches(':modal')).at(-1);
    const isLarge = (one) => {
        const { width, height } = one.getBoundingClientRect();
        return width > 2 && height > 2;
    };
    const isSeen = (one) => one.checkVisibility({ visibilityProperty: true })
        && (isLarge(one) || [...(one.labels ?? [])].some(isLarge));
    const isMeant = (one) => one.isConnected && isSeen(one) && !one.matches(':disabled')
        && one.getAttribute('aria-disabled') !== 'true' && !one.closest('[inert]');
    // One of a group of radio buttons takes the focus for all of them.
    const groupOf = (one) => one.type === 'radio' && one.name
        ? `${one.form?.id ?? ''}/${one.name}` : one;
    const isCut = (one) => getComputedStyle(one).overflow !== 'visible'
        || /paint|content|strict/.test(getComputedStyle(one).contain)
        || getComputedStyle(one).contentVisibility === 'auto';
    // An outline that lies outside of what cuts it is seen by nobody: two of its sides must show.
    const hasOutline = (one) => {
        const style = getComputedStyle(one);
        const width = parseFloat(style.outlineWidth);
        if (style.outlineStyle === 'none' || !(width >= 1)) return false;
        const out = parseFloat(style.outlineOffset) + width / 2;
        if (out <= 0) return true;
        const box = one.getBoundingClientRect();
        const edge = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
        for (let up = one; up && getComputedStyle(up).position !== 'fixed';) {
            up = up.parentElement;
            if (!up || up === document.body || up === document.documentElement) break;
            if (!isCut(up)) continue;
            const cut = up.getBoundingClientRect();
            edge.left = Math.max(edge.left, cut.left + up.clientLeft);
            edge.top = Math.max(edge.top, cut.top + up.clientTop);
            edge.right = Math.min(edge.right, cut.right - up.clientLeft);
            edge.bottom = Math.min(edge.bottom, cut.bottom - up.clientTop);
        }
        return [box.left - out >= edge.left, box.top - out >= edge.top,
            box.right + out <= edge.right, box.bottom + out <= edge.bottom]
            .filter(Boolean).length >= 2;
    };
    const bearersOf = (one) => {
        const labels = [...(one.labels ?? [])];
        const parts = labels.flatMap((label) => [label, ...label.querySelectorAll('*')]);
        return [one, one.parentElement, ...parts.slice(0, 30)].filter(Boolean);
    };
    const looksOf = (one) => bearersOf(one).map((bearer) => {
        const style = getComputedStyle(bearer);
        return [hasOutline(bearer), style.boxShadow, style.borderTopColor, style.borderTopWidth,
            style.borderBottomColor, style.stroke, style.strokeWidth].join(';');
    }).join('|');
    // What lies under a bar at the edge has the focus where nobody sees it.
    const isFixed = (one) => one !== null
        && (getComputedStyle(one).position === 'fixed' || isFixed(one.parentElement));
    // A word that comes and goes is no bar, and bars of a drawing lie over each other. What stands
    // still under something that stands still is out of a finger's reach too, until that is gone.
    const coverOf = (one) => {
        if (isFixed(one)) return '';
        const shown = isLarge(one) ? one : one.labels[0];
        const { left, right, top, bottom } = shown.getBoundingClientRect();
        const y = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2;
        const found = [0.1, 0.5, 0.9].map((part) =>
            document.elementFromPoint(left + (right - left) * part, y));
        const isOver = (over) => over !== null
            && !over.contains(shown) && !shown.contains(over)
            && ![...(one.labels ?? [])].some((label) => label.contains(over))
            && !(one.ownerSVGElement && one.ownerSVGElement.contains(over))
            && !over.closest('[role=status], [role=alert], [aria-live]');
        return found.every(isOver) ? found[1].outerHTML.slice(0, 60) : '';
    };
    const state = { seen: new Map(), before: document.activeElement, looksOf, isMeant, groupOf };
    // Looked at when it has settled, which is when the next press comes.
    state.look = () => {
        const one = document.activeElement;
        if (!one || one === document.body || state.seen.has(one)) return;
        state.seen.set(one, { looks: looksOf(one), cover: coverOf(one) });
    };
    state.root = dialog ?? document.body;
    state.wanted = [...state.root.querySelectorAll(PARTS)].filter(isMeant);
    state.places = [...document.querySelectorAll('*')]
        .filter((one) => one.scrollTop > 0 || one.scrollLeft > 0
            || one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1)
        .map((one) => [one, one.scrollLeft, one.scrollTop]);
    state.before?.blur?.();
    document.addEventListener('keydown', state.look, true);
    state.isLeft = (one) => one.tabIndex >= 0 && isMeant(one)
        && ![...state.seen.keys()].some((seen) => groupOf(seen) === groupOf(one));
    window.keyboardSeen = state;
    return new Set(state.wanted.map(groupOf)).size;
})()"""
NUM_LEFT = """(({ look, wanted, isLeft }) => (look(), wanted.filter(isLeft).length))(
    window.keyboardSeen)"""
# `getEventListeners` is known to the developer's tools alone. Svelte keeps what it delegates under
# a symbol of its own.
END = """((isWhole) => {
    const { seen, before, looksOf, isMeant, groupOf, wanted, root, places, look }
        = window.keyboardSeen;
    document.removeEventListener('keydown', look, true);
    delete window.keyboardSeen;
    document.activeElement?.blur?.();
    const nameOf = (one) => {
        const words = one.getAttribute('aria-label') || one.labels?.[0]?.textContent
            || one.textContent || one.outerHTML;
        return words.trim().replace(/\\s+/g, ' ').slice(0, 60);
    };
    const hears = (one, ...types) => {
        const sign = Object.getOwnPropertySymbols(one).find(
            ({ description }) => description === 'events');
        const own = getEventListeners(one);
        return types.some((type) => own[type]?.length > 0 || (sign && one[sign][type]));
    };
    const faults = [];
    const groups = new Set([...seen.keys()].map(groupOf));
    // Arrows lead to those beside the one that takes part in the order of the page.
    const isLedTo = (one) => [...seen.keys()].some((other) =>
        other.parentElement === one.parentElement && hears(other, 'keydown'));
    for (const one of wanted) {
        if (!isMeant(one) || groups.has(groupOf(one))) continue;
        if (one.tabIndex >= 0 ? isWhole : !isLedTo(one))
            faults.push(`Tab does not lead to: ${nameOf(one)}`);
    }
    for (const [one, { looks, cover }] of seen) {
        if (!isMeant(one)) continue;
        if (looksOf(one) === looks) faults.push(`no sign of the focus: ${nameOf(one)}`);
        if (cover) faults.push(`the focus of ${nameOf(one)} is under: ${cover}`);
    }
    const PRESSED = ['click', 'dblclick', 'mousedown', 'mouseup', 'touchend'];
    const CAN = 'button, a[href], input, select, textarea, summary, label, [tabindex]';
    const isMap = (one) => one.closest('.maplibregl-map') !== null && !one.matches('button');
    for (const one of root.querySelectorAll('*')) {
        if (one.matches(CAN) || isMap(one) || one.parentElement === document.body) continue;
        // Its backdrop closes a dialog for a finger, Escape for a keyboard.
        const isDialog = one.matches('dialog');
        if (isDialog && one.open && !one.matches(':modal'))
            faults.push(`Escape does not close: ${nameOf(one)}`);
        if (!isDialog && hears(one, ...PRESSED))
            faults.push(`only a finger can press: ${one.outerHTML.slice(0, 90)}`);
        else if (getComputedStyle(one).cursor === 'pointer' && !one.closest(CAN)
            && getComputedStyle(one.parentElement).cursor !== 'pointer'
            && one.querySelector(CAN) === null && one.checkVisibility())
            faults.push(`looks as if it could be pressed: ${one.outerHTML.slice(0, 90)}`);
    }
    for (const [one, left, top] of places) one.scrollTo({ left, top, behavior: 'instant' });
    if (before !== document.body) before?.focus?.({ preventScroll: true });
    return faults;
})(%s)"""


async def find_faults(page: Page) -> list[str]:
    """Return what a finger can do on a screen and a keyboard cannot, or cannot be seen doing.

    Tab is pressed until it has led to everything, on a long list `NUM_TABS_MAX` times; focus and
    place on the page are afterwards what they were.
    """
    if page not in _devtools:
        _devtools[page] = await page.context.new_cdp_session(page)
    devtools = _devtools[page]
    num = int(await _evaluate(devtools, BEGIN)) + SPARE_TABS
    for _ in range(NUM_WALKS_MAX):  # a page that is drawn anew meanwhile begins anew
        await _press_tab(devtools, min(num, NUM_TABS_MAX))
        if int(await _evaluate(devtools, NUM_LEFT)) == 0:
            break
    is_whole = str(num < NUM_TABS_MAX).lower()
    found: list[str] = await _evaluate(devtools, END % is_whole)
    return found


async def _press_tab(devtools: CDPSession, num: int) -> None:
    """Press Tab so often, without waiting for the page between."""
    kinds = ("rawKeyDown", "keyUp") * num
    await asyncio.gather(
        *(devtools.send("Input.dispatchKeyEvent", {"type": kind, **TAB}) for kind in kinds)
    )


async def _evaluate(devtools: CDPSession, expression: str) -> Any:
    asked = {"expression": expression, "returnByValue": True, "includeCommandLineAPI": True}
    told = await devtools.send("Runtime.evaluate", asked)
    assert "exceptionDetails" not in told, told["exceptionDetails"]
    return told["result"].get("value")
