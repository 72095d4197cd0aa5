// Asks now and then whether the card company has answered, and goes on as soon as it has.
(function () {
  "use strict";

  const place = document.querySelector("[data-waiting]");
  if (!place) {
    return;
  }
  const status = place.querySelector("[data-waiting-status]");
  const address = new URL(place.dataset.checkUrl, window.location.href);
  let wait = 2000;

  async function look() {
    try {
      const answer = await fetch(address, { credentials: "same-origin", cache: "no-store" });
      if (new URL(answer.url).pathname !== address.pathname) {
        window.location.assign(answer.url);
        return;
      }
      status.textContent = "まだ確認中です。このままお待ちください。";
    } catch (error) {
      status.textContent = "通信が途切れているようです。つながりしだい、もう一度確かめます。";
    }
    wait = Math.min(wait * 1.5, 15000);
    window.setTimeout(look, wait);
  }

  window.setTimeout(look, wait);
})();
