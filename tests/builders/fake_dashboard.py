"""A page that does for our pages what the shop's Dashboard does: frame, handshake, theme."""

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# The frame's attributes and the messages are those of the real Dashboard 3.23.
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Dashboard</title></head><body>
<iframe title="app" width="1100" height="800"
  sandbox="allow-same-origin allow-forms allow-scripts allow-downloads allow-popups"></iframe>
<script>
  const frame = document.querySelector("iframe");
  window.seen = [];
  window.tokens = [];
  function post(type, payload) { frame.contentWindow.postMessage({ type, payload }, "*"); }
  function hand() { if (tokens.length) post("handshake", { token: tokens[0], version: 1 }); }
  function renew(token) { tokens = [token]; post("tokenRefresh", { token }); }
  function open_app(src, token) { tokens = [token]; frame.src = src; }
  frame.addEventListener("load", hand);
  addEventListener("message", ({ data }) => {
    seen.push(data);
    if (data.type === "notifyReady") hand();
    if (data.type === "widgetResize") frame.style.height = `${data.payload.height}px`;
  });
</script></body></html>"""


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = PAGE.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """This will keep quiet."""


@contextlib.contextmanager
def fake_dashboard() -> Iterator[str]:
    """This will serve the page on a free port and give its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
