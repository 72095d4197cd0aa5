"""The month's order in the shop: made, watched and followed."""
