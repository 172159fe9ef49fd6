"""How many examples a test tries: few at every run, many where HYPOTHESIS_PROFILE is ``thorough``."""

from __future__ import annotations

import os


def examples(fast: int, thorough: int) -> int:
    """The number for the profile that is set in the environment."""
    return thorough if os.environ.get("HYPOTHESIS_PROFILE", "fast") == "thorough" else fast
