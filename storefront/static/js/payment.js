// The card field. Reads everything from the form's data attributes; the card number goes straight
// to the payment provider. The result is asked from the server, never decided here.
(function () {
  "use strict";

  const form = document.querySelector("[data-payment]");
  if (!form) {
    return;
  }
  const button = form.querySelector("[data-payment-button]");
  const box = document.getElementById("payment-error");
  const text = form.querySelector("[data-payment-message]");
  const status = form.querySelector("[data-payment-status]");
  const label = button.textContent;
  const isCardOnly = form.dataset.purpose === "card"; // kept for later, nothing is taken now
  const again = isCardOnly ? "" : "二重にご寄附いただくことはありません。";
  const untouched = isCardOnly ? "カードはまだ変わっていません。" : "ご寄附はまだ行われていません。";

  function show(message) {
    text.textContent = message;
    box.hidden = false;
    box.scrollIntoView({ block: "center" });
  }

  function busy(isBusy) {
    button.disabled = isBusy;
    button.textContent = isBusy ? button.dataset.busyLabel : label;
    status.textContent = isBusy ? "カード会社に確認しています。画面を閉じずにお待ちください。" : "";
  }

  if (typeof window.Stripe !== "function") {
    button.disabled = true;
    show("カードの入力欄を読み込めませんでした。通信の状態をお確かめのうえ、ページを読み込み直してください。" + untouched);
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    return;
  }

  const stripe = window.Stripe(form.dataset.publishableKey, { locale: "ja" });
  const elements = stripe.elements({ clientSecret: form.dataset.clientSecret, locale: "ja" });
  elements.create("payment").mount("[data-payment-field]");

  form.addEventListener("submit", async function (event) {
    event.preventDefault();
    if (button.disabled) {
      return;
    }
    box.hidden = true;
    busy(true);
    let result;
    try {
      const params = { return_url: form.dataset.returnUrl };
      const holder = form.querySelector("[data-payment-holder]").value.trim();
      if (holder) {
        params.payment_method_data = { billing_details: { name: holder } };
      }
      const wish = { elements: elements, confirmParams: params };
      result = isCardOnly ? await stripe.confirmSetup(wish) : await stripe.confirmPayment(wish);
    } catch (error) {
      result = { error: { type: "api_connection_error" } };
    }
    if (!result || !result.error) {
      return; // the browser is on its way to the return page
    }
    if (result.error.type === "validation_error") {
      busy(false);
      show(result.error.message);
    } else if (result.error.type === "api_connection_error") {
      busy(false);
      show("通信が途切れました。もう一度ボタンを押してください。" + again);
    } else {
      window.location.assign(form.dataset.returnUrl); // the server knows why, and says it in words
    }
  });
})();
