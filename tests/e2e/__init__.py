"""The whole product, walked from outside: over HTTP and in a browser."""
