"""The donor's yearly limit, and what becomes of a month that its year left unpaid."""
