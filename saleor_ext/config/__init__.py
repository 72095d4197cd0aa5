"""Settings, addresses and the Celery application of the product."""
