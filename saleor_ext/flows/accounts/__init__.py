"""Accounts in the shop: signing in, mails, what happens to them."""
