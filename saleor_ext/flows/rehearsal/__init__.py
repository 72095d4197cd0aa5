"""The coming twelve months as the run would make them, reckoned without touching anything."""
