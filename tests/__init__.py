"""The tests of the product. `make test` runs them all."""
