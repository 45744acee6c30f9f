"""What axe-core finds on a screen, in each look; and a walk by keyboard alone."""

import re
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from tests.journeys import keyboard, screens

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "pwa" / "node_modules" / "axe-core" / "axe.min.js"
LOOKS = ("light", "dark", "sunlight")
NUM_TABS_MAX = 60
NUM_WALKS_MAX, WAIT_MS = 4, 500
RUN = """async (rules) => {
    const options = { resultTypes: ['violations'] };
    if (rules) options.runOnly = { type: 'rule', values: rules };
    const { violations } = await axe.run(document, options);
    return violations.flatMap(({ id, help, nodes }) => nodes.map(
        (node) => `${id}: ${help}: ${node.target.join(' ')}: ${node.html.slice(0, 160)}`
    ));
}"""
# Letters twice as large, as a browser's own setting makes them (WCAG 1.4.4): what does not fit.
ENLARGE = """async () => {
    const root = document.documentElement;
    root.style.fontSize = '200%';
    // What is far below keeps its old height until somebody scrolls there.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('* { content-visibility: visible !important }');
    document.adoptedStyleSheets.push(sheet);
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 30)));
    const faults = [];
    const name = (one) => (one.getAttribute('aria-label') || one.textContent || one.tagName)
        .trim().replace(/\\s+/g, ' ').slice(0, 60);
    const wide = root.scrollWidth - root.clientWidth;
    if (wide > 0) faults.push(`${wide} px wider than the screen`);
    const scrolls = (one) => {
        for (let up = one; up && up !== document.body; up = up.parentElement)
            if (/auto|scroll/.test(getComputedStyle(up).overflowX)) return true;
        return false;
    };
    const isSeen = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true })
        && one.getClientRects().length > 0 && !one.closest('.only-read, .maplibregl-map');
    const linesOf = (one) => {
        const lines = [];
        const texts = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
        for (let text = texts.nextNode(); text; text = texts.nextNode()) {
            if (text.parentElement.closest('.only-read')) continue;
            const range = document.createRange();
            range.selectNodeContents(text);
            lines.push(...range.getClientRects());
        }
        return lines;
    };
    const parts = 'button, a, label, h1, h2, h3, p, dt, dd, output';
    for (const one of document.querySelectorAll(parts)) {
        if (!isSeen(one) || scrolls(one)) continue;
        const box = one.getBoundingClientRect();
        if (box.width <= 1 || box.height <= 1) continue;
        if (box.left < -1 || box.right > root.clientWidth + 1)
            faults.push(`over the edge: ${name(one)}`);
        if (!one.matches('button, a, label')) continue;
        const isOut = (line) => line.width > 1
            && (line.left < box.left - 1 || line.right > box.right + 1
                || line.top < box.top - 2 || line.bottom > box.bottom + 2);
        if (linesOf(one).some(isOut)) faults.push(`clipped: ${name(one)}`);
    }
    for (const bar of document.querySelectorAll('footer, header')) {
        const tall = bar.getBoundingClientRect().height / innerHeight;
        if (/fixed|sticky/.test(getComputedStyle(bar).position) && tall > 0.5)
            faults.push(`a bar of ${Math.round(tall * 100)} % of the screen: ${name(bar)}`);
    }
    root.style.fontSize = '';
    document.adoptedStyleSheets.pop();
    await new Promise((done) => requestAnimationFrame(done));
    return faults;
}"""
# What moves or fades is put at its end: a colour on its way into another look is nobody's choice.
STILL = """async () => {
    const moving = () => document.getAnimations().filter((one) => one.playState !== 'finished'
        && one.playbackRate !== 0 && one.effect.getTiming().iterations !== Infinity);
    await new Promise((done) => requestAnimationFrame(done));
    for (let found = moving(); found.length > 0; found = moving())
        found.forEach((one) => one.finish());
}"""
SHOW = "(look) => { document.documentElement.dataset.theme = look; }"
HAS_AXE = "() => 'axe' in window"
NAME_OF_FOCUS = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return '';
    const label = one.labels?.length ? one.labels[0].textContent : '';
    return (one.getAttribute('aria-label') || label || one.textContent || '').trim();
}"""
# Where the focus stands among radio buttons, and the names of all of them.
GROUP_OF_FOCUS = """() => {
    const one = document.activeElement;
    if (one?.type !== 'radio') return [0, []];
    const all = [...document.getElementsByName(one.name)];
    return [all.indexOf(one), all.map(({ labels }) => labels[0].textContent.trim())];
}"""


async def wait_for_screen(page: Page) -> None:
    """Wait until a screen's own part is there: it loads on demand, after the press that asked."""
    for part in ("main", "h1"):
        await page.locator(part).first.wait_for(state="attached")


async def find_faults(page: Page) -> list[str]:
    """Return what axe-core has against a screen: all rules once, contrast in every look.

    On a phone's screens, also what does not fit once letters are twice as large; on all, what a
    finger can do and a keyboard cannot.
    """
    await wait_for_screen(page)
    screens.visited.add(screens.screen_of(page.url))
    if not await page.evaluate(HAS_AXE):
        await page.evaluate(AXE.read_text(encoding="utf-8"))
    before = await page.evaluate("() => document.documentElement.dataset.theme ?? ''")
    found: list[str] = []
    for number, look in enumerate(LOOKS):
        await page.evaluate(SHOW, look)
        await page.evaluate(STILL)
        rules: Any = None if number == 0 else ["color-contrast"]
        found += [f"{look}: {fault}" for fault in await page.evaluate(RUN, rules)]
    if screens.screen_of(page.url).startswith("courier "):
        found += [f"text at 200 %: {fault}" for fault in await page.evaluate(ENLARGE)]
    await page.evaluate(
        """(look) => {
            if (look) document.documentElement.dataset.theme = look;
            else delete document.documentElement.dataset.theme;
        }""",
        before,
    )
    return found + [f"keyboard: {fault}" for fault in await keyboard.find_faults(page)]


class Keyboard:
    """Somebody who has no finger on the glass: Tab, Enter, the space bar and the arrows."""

    def __init__(self, page: Page) -> None:
        """Sit down before a page."""
        self.page = page

    async def go_to(self, name: str | re.Pattern[str]) -> None:
        """Press Tab until what is focused has this name; wait for a screen on its way."""
        wanted = re.compile(re.escape(name)) if isinstance(name, str) else name
        passed = []
        for num in range(1, NUM_WALKS_MAX * NUM_TABS_MAX + 1):
            if num % NUM_TABS_MAX == 0:
                await self.page.wait_for_timeout(WAIT_MS)
            await self.page.keyboard.press("Tab")
            focused = await self.page.evaluate(NAME_OF_FOCUS)
            if wanted.search(" ".join(focused.split())):
                return
            passed.append(" ".join(focused.split())[:40])
        raise AssertionError(f"no way by Tab to {wanted.pattern!r}; passed {passed[-40:]}")

    async def press(self, name: str | re.Pattern[str], key: str = "Enter") -> None:
        """Go to what has this name and press a key on it."""
        await self.go_to(name)
        await self.page.keyboard.press(key)

    async def write(self, name: str | re.Pattern[str], text: str) -> None:
        """Go to a field and type."""
        await self.go_to(name)
        await self.page.keyboard.type(text)

    async def choose(self, name: str) -> None:
        """Go to the radio buttons among which this one is, and choose it by the arrows."""
        for _ in range(NUM_TABS_MAX):
            await self.page.keyboard.press("Tab")
            at, names = await self.page.evaluate(GROUP_OF_FOCUS)
            to = next((place for place, one in enumerate(names) if name in one), None)
            if to is None:
                continue
            await self.page.keyboard.press("Space")
            for _ in range(abs(to - at)):
                await self.page.keyboard.press("ArrowDown" if to > at else "ArrowUp")
            return
        raise AssertionError(f"no way by Tab to a choice of {name!r}")

    async def sign(self, name: str | re.Pattern[str]) -> None:
        """Go to a field for a signature and draw by the arrows."""
        await self.go_to(name)
        for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowRight", "ArrowUp", "ArrowRight"):
            for _ in range(2):
                await self.page.keyboard.press(key)
