"""Placeholder replaced by the generated tables."""

UNICODE_VERSION = "16.0.0"
