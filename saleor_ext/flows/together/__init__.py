"""Months with the town, and what they earn and open."""
