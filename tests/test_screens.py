"""Tests that no screen of the web apps stays unseen by axe-core."""

import ast

import pytest

from tests.journeys import screens
from tests.test_tidy import ROOT


def test_each_screen_is_shown_to_axe() -> None:
    """Tests that the screens in the apps' own tables are those some test looks at, no others."""
    shown = {screen for group in screens.SHOWN_BY.values() for screen in group}

    assert shown == screens.list_screens()


@pytest.mark.parametrize("place", screens.SHOWN_BY)
def test_the_named_test_is_there(place: str) -> None:
    """Tests that what is said to look at a screen is a test that runs in Chromium."""
    module, _, name = place.partition("::")
    source = (ROOT / "tests" / "journeys" / f"{module}.py").read_text(encoding="utf-8")
    defined = [
        one.name for one in ast.walk(ast.parse(source)) if isinstance(one, ast.AsyncFunctionDef)
    ]

    assert name in defined
    assert "pytest.mark.browser" in source


@pytest.mark.parametrize(
    ("address", "screen"),
    [
        ("/courier/", "courier round"),
        ("/courier/#/stop/5", "courier stop"),
        ("/courier/#/stop/5/attempt/7", "courier attempt"),
        ("/courier/#/cash/take/9", "courier cash/take"),
        ("/dispatch/#/errands/5?day=2026-11-27", "dispatch errands"),
        ("/cash/#/?day=2026-11-27", "cash desk"),
        ("/t/abc", "citizen visit"),
        ("/", "citizen code"),
        ("/docs/", "docs"),
    ],
)
def test_screen_of_an_address(address: str, screen: str) -> None:
    """Tests that an address is told by the screen that stands there."""
    assert screens.screen_of(f"http://127.0.0.1:8000{address}") == screen
