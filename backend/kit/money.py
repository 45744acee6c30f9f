"""Whole đồng; no decimals, no floats."""


def in_figures(amount_vnd: int) -> str:
    """Return the amount as people write it: `135.000 đ`."""
    return f"{amount_vnd:,}".replace(",", ".") + " đ"
