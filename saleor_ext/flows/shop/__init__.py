"""The shop as a whole: link, set-up, and whether both sides agree."""
