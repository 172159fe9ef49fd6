"""How names and texts are compared: without regard to case and to the width of characters."""

from __future__ import annotations

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in "（），：；！？"}


def fold(text: str) -> str:
    """Lower case, full-width ASCII as half-width; the length does not change."""
    folded = text.translate(_FULL_WIDTH)
    lower = folded.lower()
    if len(lower) == len(folded) and "Σ" not in folded:
        return lower
    # A few letters become two in lower case, and Σ has two forms: character by character then.
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in folded)
