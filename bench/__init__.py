"""Measures the goals of docs/performance.md, each beside its yardstick in the same run."""
