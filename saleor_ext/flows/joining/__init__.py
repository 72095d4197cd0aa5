"""Joining, in our own pages or through any storefront of the shop."""
