"""Our payment app: what the shop and the provider ask and are told, and money given back."""
