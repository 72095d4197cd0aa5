"""Receipts: issued, handed out, printed, checked, written for e-Tax."""
