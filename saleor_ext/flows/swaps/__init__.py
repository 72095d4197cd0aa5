"""When a gift cannot be sent: proposing another, asking whose month it is, swapping."""
