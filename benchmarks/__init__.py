"""Measurements of speed, as ratios to peers in the same run."""
