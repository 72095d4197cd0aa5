"""What the tests and checks are run with."""
