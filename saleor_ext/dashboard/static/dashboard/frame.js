// Staff pages inside the shop's Dashboard: takes the Dashboard's token, fetches pages with it as
// a header, puts them in, and does the same for links and forms. The token stays in memory: it is
// never written into an address, a cookie or the browser's storage.
"use strict";

const SOON_S = 10; // a token that ends so soon is no longer used
const PATIENCE_MS = 45000; // the Dashboard looks for a new token every half minute
const LIMIT_MS = 300000; // a long list as a file takes its time
const STAFF = "/staff/";
const { origins, app } = document.body.dataset;
const isWidget = document.body.classList.contains("framed--widget");
const place = document.getElementById("page");
const again = document.getElementById("again");

let current = new URL(document.body.dataset.page, location.origin);
let dashboard = ""; // the Dashboard's origin, once it has spoken
let token = "";
let refused = ""; // a token our server did not take
let takers = []; // who waits for a token
let isBusy = false;
let serial = 0;

function tell(type, payload) {
  serial += 1;
  const action = { type, payload: { actionId: `salon-${Date.now()}-${serial}`, ...payload } };
  parent.postMessage(action, dashboard || "*"); // before the first answer nothing personal is said
}

function sentence(name) {
  for (const line of document.querySelectorAll("[data-say]")) {
    line.hidden = line.dataset.say !== name;
  }
  again.hidden = name !== "silent" && name !== "lost";
}

function isUsable() {
  if (!token || token === refused) {
    return false;
  }
  try {
    const middle = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    return JSON.parse(atob(middle)).exp - Date.now() / 1000 > SOON_S;
  } catch {
    return false;
  }
}

async function tokenGet() {
  if (isUsable()) {
    return token;
  }
  sentence(refused || token ? "renewing" : "waiting");
  tell("notifyReady");
  await new Promise((resolve, reject) => {
    takers.push(resolve);
    setTimeout(reject, PATIENCE_MS, new Error("silent"));
  });
  return token;
}

addEventListener("message", (event) => {
  if (event.source !== parent || !origins.split(" ").includes(event.origin)) {
    return;
  }
  dashboard = event.origin;
  const { type, payload } = event.data ?? {};
  if ((type === "handshake" || type === "tokenRefresh") && typeof payload?.token === "string") {
    token = payload.token;
    if (isUsable()) {
      takers.forEach((take) => take());
      takers = [];
    } else if (takers.length) {
      sentence("renewing"); // the Dashboard has no better one yet
    }
  } else if (type === "theme") {
    document.documentElement.dataset.theme = payload?.theme === "dark" ? "dark" : "light";
  }
});

// What was searched for may be somebody's name. Addresses are written into logs, headers are not.
function searchTake(address) {
  const bare = new URL(address);
  const searched = bare.searchParams.get("q") ?? "";
  bare.searchParams.delete("q");
  return [bare, searched ? { "Frame-Search": encodeURIComponent(searched) } : {}];
}

async function ask(address, options) {
  const [bare, search] = searchTake(address);
  for (let tries = 0; ; tries += 1) {
    const held = await tokenGet();
    const response = await fetch(bare, {
      ...options,
      headers: { ...options.headers, ...search, Authorization: `Bearer ${held}` },
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    if (response.status !== 401 || tries) {
      return response;
    }
    refused = held; // nothing was done: the token is looked at before anything else
  }
}

async function visit(address, { options = {}, notice = "", isFirst = false } = {}) {
  const headers = notice ? { "Frame-Notice": notice } : {};
  const response = await ask(address, { ...options, headers });
  const next = response.headers.get("Frame-Location");
  if (next) {
    return visit(new URL(next, address), { notice: response.headers.get("Frame-Notice") ?? "" });
  }
  if ((response.headers.get("Content-Disposition") ?? "").startsWith("attachment")) {
    return keep(response, address);
  }
  if (!(response.headers.get("Content-Type") ?? "").startsWith("text/html")) {
    throw new Error(response.status === 401 ? "silent" : "lost");
  }
  show(await response.text());
  if (!options.body) {
    current = address;
    routeTell(isFirst);
  }
  return undefined;
}

function show(text) {
  const next = new DOMParser().parseFromString(text, "text/html");
  if (next.body.classList.contains("framed")) {
    place.replaceChildren(...next.body.childNodes);
  } else {
    place.querySelector("main").replaceWith(next.querySelector("main")); // an error: the menu stays
  }
  document.title = next.title;
  const part = current.hash && document.getElementById(decodeURIComponent(current.hash.slice(1)));
  const first = place.querySelector("[role=alert][tabindex]") || part || place.querySelector("main");
  if (!isWidget) {
    scrollTo(0, 0);
    first?.focus({ preventScroll: !part });
    part?.scrollIntoView?.();
  }
}

async function keep(response, address) {
  const name = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition"));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = name?.[1] ?? address.pathname.split("/").pop();
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), PATIENCE_MS);
}

// The Dashboard's own address follows, so that reload, bookmark and the back button work; without
// what was searched for.
function routeTell(isFirst) {
  const rest = current.pathname.slice(STAFF.length - 1);
  const query = new URLSearchParams(current.search);
  query.delete("q");
  const route = query.size ? `${rest}?${query}` : rest;
  query.set("id", app);
  query.set("theme", document.documentElement.dataset.theme);
  history.replaceState(null, "", `/frame${rest}?${query}`);
  if (!isFirst && !isWidget) {
    tell("updateRouting", { newRoute: route });
  }
}

async function go(address, more) {
  if (isBusy) {
    return;
  }
  isBusy = true;
  place.setAttribute("aria-busy", "true");
  try {
    await visit(address, more);
    sentence("");
  } catch (error) {
    sentence(error.message === "silent" ? "silent" : "lost");
  }
  place.removeAttribute("aria-busy");
  isBusy = false;
}

function isStaffPage(address) {
  return address.origin === location.origin && address.pathname.startsWith(STAFF);
}

function follow(address) {
  if (isStaffPage(address) && !isWidget) {
    go(address);
  } else if (isStaffPage(address)) {
    const rest = address.pathname.slice(STAFF.length - 1) + address.search;
    tell("redirect", { to: `/extensions/app/${encodeURIComponent(app)}${rest}` });
  } else {
    tell("redirect", { to: address.href, newContext: true });
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey);
  if (!link || !isPlain || link.hasAttribute("download")) {
    return;
  }
  const address = new URL(link.getAttribute("href"), current);
  if (link.dataset.dashboard) {
    event.preventDefault();
    tell("redirect", { to: link.dataset.dashboard });
  } else if (link.getAttribute("href").startsWith("#")) {
    event.preventDefault();
    document.getElementById(address.hash.slice(1))?.focus();
  } else if (address.protocol === "http:" || address.protocol === "https:") {
    event.preventDefault();
    follow(address);
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  const address = new URL(form.getAttribute("action") || "", current);
  if (!isStaffPage(address)) {
    return;
  }
  event.preventDefault();
  const given = new FormData(form, event.submitter);
  given.delete("csrfmiddlewaretoken"); // for pages with a cookie
  const fields = form.enctype === "multipart/form-data" ? given : new URLSearchParams(given);
  if (form.method === "post") {
    go(address, { options: { method: "POST", body: fields } });
  } else {
    address.search = new URLSearchParams([...fields].filter(([, value]) => value));
    go(address);
  }
});

again.addEventListener("click", () => go(current));

if (parent === window) {
  sentence("outside");
} else {
  if (isWidget) {
    const root = document.documentElement;
    new ResizeObserver(() => tell("widgetResize", { height: root.offsetHeight })).observe(root);
  }
  go(current, { isFirst: true });
}
