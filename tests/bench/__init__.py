"""Measurements, never tests: `make bench` writes docs/bench/."""
