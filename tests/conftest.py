"""How many cases each property is tried with, and how they are drawn."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

from bpe.engine import COMPILED

# `ci`: the same cases each time, so that a run says something about the change that it runs for.
settings.register_profile(
    "ci",
    max_examples=150,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=False,
)
# `deep`: other cases each time, and many; what they find is remembered in .hypothesis until it is mended.
settings.register_profile(
    "deep",
    max_examples=20_000,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_report_header() -> str:
    """Say which engine the tests are about."""
    return f"bpe engine: {'compiled' if COMPILED else 'portable'}"
