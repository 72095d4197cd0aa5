"""A shop of one page for the browser tests: the Payment Element on an origin of its own."""

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

_PAGE = """<!doctype html>
<html lang="ja"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>お支払い｜ふるさとサロン</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/shop.css">
<script src="{script_url}" defer></script><script src="/shop.js" defer></script></head>
<body><main>
<h1>お支払い</h1>
<p>毎月のご寄附 3,000円</p>
<form id="pay" data-settings='{settings}'>
<div id="element"></div>
<p id="message" role="alert"></p>
<button type="submit">3,000円を寄附する</button>
</form></main></body></html>"""

_DONE = """<!doctype html>
<html lang="ja"><head><meta charset="utf-8"><title>結果｜ふるさとサロン</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/shop.css"></head>
<body><main><h1>結果</h1><p id="status">{status}</p></main></body></html>"""

_STYLE = """
body { margin: 0; background: #fff; color: #1a1a1c; line-height: 1.7;
  font-family: "Noto Sans JP", "Noto Sans CJK JP", sans-serif; }
main { max-width: 34rem; margin: 0 auto; padding: 2rem 1.25rem; }
h1 { font-size: 1.75rem; }
button { width: 100%; min-height: 3.5rem; margin-top: 1.5rem; border: 0; border-radius: 8px;
  background: #0017c1; color: #fff; font: inherit; font-weight: 700; }
#message { color: #c5221f; }
"""

_SCRIPT = """
"use strict";
addEventListener("DOMContentLoaded", async () => {
  const form = document.getElementById("pay");
  const settings = JSON.parse(form.dataset.settings);
  const message = document.getElementById("message");
  const stripe = Stripe(settings.key, { locale: "ja" });
  const elements = stripe.elements({ clientSecret: settings.secret, locale: "ja",
    appearance: { theme: "stripe", variables: { colorPrimary: "#0017c1" } } });
  const element = elements.create("payment", { layout: "tabs" });
  window.said = [];
  element.on("ready", () => { form.dataset.ready = "1"; });
  element.on("change", (event) => { window.said.push(event); });
  element.on("loaderror", (event) => { message.textContent = event.error.message; });
  element.mount("#element");
  window.standIn = { stripe, elements, element, settings };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    message.textContent = "";
    const checked = await elements.submit();
    if (checked.error) { message.textContent = checked.error.message; return; }
    const confirm = settings.setup ? "confirmSetup" : "confirmPayment";
    const result = await stripe[confirm]({ elements, clientSecret: settings.secret,
      confirmParams: settings.noReturn ? {} : { return_url: settings.returnUrl },
      redirect: settings.redirect });
    if (result.error) { message.textContent = result.error.message; return; }
    const intent = result.paymentIntent || result.setupIntent;
    message.textContent = "結果: " + intent.status;
  });
});
"""


class Shop:
    """Where the page is, and how it is set up for one attempt."""

    def __init__(self, url: str, stand_in_url: str) -> None:
        self.url = url
        self.stand_in_url = stand_in_url
        self.settings: dict[str, object] = {}

    def set_up(self, secret: str, **more: object) -> str:
        """This will return the address of the page for an intent."""
        self.settings = {
            "key": "pk_test_invented",
            "secret": secret,
            "returnUrl": f"{self.url}/done?from=shop",
            "redirect": "always",
            **more,
        }
        return f"{self.url}/pay"

    def policy(self) -> str:
        """This will return a Content-Security-Policy as strict as the storefront's."""
        peer = self.stand_in_url
        return (
            "default-src 'none'; img-src data:; base-uri 'none'; form-action 'self';"
            f" style-src 'self'; script-src 'self' {peer}; frame-src {peer}; connect-src {peer}"
        )


@contextmanager
def shop(stand_in_url: str) -> Iterator[Shop]:
    """This will serve the shop until the block ends."""
    holder: list[Shop] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            kept = holder[0]
            status = parse_qs(parts.query).get("redirect_status", [""])[0]
            pages = {
                "/": ("text/html", "<!doctype html><html lang=ja><title>店</title><h1>店</h1>"),
                "/pay": (
                    "text/html",
                    _PAGE.format(
                        script_url=f"{kept.stand_in_url}/v3/stripe.js",
                        settings=json.dumps(kept.settings),
                    ),
                ),
                "/done": ("text/html", _DONE.format(status=status)),
                "/shop.js": ("text/javascript", _SCRIPT),
                "/shop.css": ("text/css", _STYLE),
            }
            kind, text = pages.get(parts.path, ("text/plain", ""))
            body = text.encode()
            self.send_response(200 if text else 404)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", kept.policy())
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    holder.append(Shop(f"http://127.0.0.1:{server.server_port}", stand_in_url))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield holder[0]
    finally:
        server.shutdown()
        server.server_close()
