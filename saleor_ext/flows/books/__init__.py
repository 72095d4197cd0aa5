"""The books: what must always hold, and figures for whoever watches."""
