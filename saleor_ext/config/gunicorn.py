"""How the web server runs in service: `gunicorn --config python:saleor_ext.config.gunicorn ...`.

WEB_CONCURRENCY processes with WEB_THREADS threads each; every thread holds one database connection.
"""

import os

from saleor_ext.config import env
from saleor_ext.config.logging import logging_config

bind = env.text("WEB_BIND", "0.0.0.0:8000")
workers = env.number("WEB_CONCURRENCY", 2)
threads = env.number("WEB_THREADS", 8)
worker_class = "gthread"
# The shop waits 18 s for our payment handler, and we up to 25 s for the shop.
timeout = 60
graceful_timeout = 30
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108
control_socket_disable = True
# Requests are logged by the application, which knows what must not be written down.
accesslog = None
logconfig_dict = logging_config(is_json=True, level=env.text("LOG_LEVEL", "INFO"))
