"""Before and after a donation: what is announced, tried again, made up for and given up."""
