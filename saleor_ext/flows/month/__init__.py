"""One month of a membership: planned, locked, charged, handed to the producers, closed."""
