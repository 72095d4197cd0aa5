"""What a donor chooses about a membership: each a preview that reads, and a write."""
