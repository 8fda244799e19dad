/* Comforts for pages that all work without it: service worker, sheets, notices, the shield, signing out.

   data-sheet="id"   a link that opens <dialog id> as a modal sheet (without this script: #id shows it);
   data-close        inside a dialog closes it; the browser gives focus back to the link
   data-dismiss      inside a .toast takes the toast away
   data-shield       dossier content: hidden while the page is in the background and after five idle minutes, and
                     not printed; data-shield="print" may be
   data-sign-out     the sign-out form: what the phone keeps is deleted before it is sent */
"use strict";
(() => {
  const IDLE_MS = 5 * 60 * 1000;
  const root = document.documentElement;
  const notice = () => document.getElementById("notice");

  navigator.serviceWorker?.register("/sw.js", { updateViaCache: "none" }).catch(() => {});
  document.querySelector(".errors")?.focus();

  document.addEventListener("click", event => {
    const link = event.target.closest?.("[data-sheet], [data-close], [data-dismiss]");
    if (!link) {
      if (event.target.matches?.("dialog[open]")) event.target.close();
      return;
    }
    const dialog = link.dataset.sheet ? document.getElementById(link.dataset.sheet) : link.closest("dialog[open]");
    if ("dismiss" in link.dataset) link.closest(".toast").remove();
    else if (dialog?.showModal) {
      event.preventDefault();
      if (link.dataset.sheet) dialog.showModal();
      else dialog.close();
    }
  });

  /* What a person set off (not a poll) clears the old notice, and says so when it did not get through. */
  const asked = event => event.detail.ctx?.sourceEvent?.isTrusted;
  const failed = event => {
    if (asked(event)) notice().replaceChildren(document.getElementById("unsent").content.cloneNode(true));
  };
  document.addEventListener("htmx:before:request", event => { if (asked(event)) notice().replaceChildren(); });
  document.addEventListener("htmx:error", failed);
  document.addEventListener("htmx:response:error", event => {
    if (event.detail.ctx.response.status >= 500) failed(event);
  });

  if (document.querySelector("[data-shield]")) {
    let idle;
    const cover = on => root.classList.toggle("shielded", on);
    const awake = () => {
      clearTimeout(idle);
      idle = setTimeout(cover, IDLE_MS, true);
      cover(document.hidden);
    };
    for (const type of ["pointerdown", "keydown", "scroll"]) addEventListener(type, awake, { capture: true, passive: true });
    document.addEventListener("visibilitychange", awake);
    addEventListener("pagehide", () => cover(true));
    if (matchMedia("(pointer: coarse)").matches) { // a phone takes its picture for the app switcher while the page is
      addEventListener("blur", () => cover(true)); // still visible; on a desk a window beside it is no reason to cover
      addEventListener("focus", awake);
    }
    awake();
  }
  addEventListener("pageshow", event => { if (event.persisted) location.reload(); });

  /* Whoever is shown the sign-in page is signed out in every tab: the others let go of what they show. */
  const tabs = new BroadcastChannel("lantai");
  if (location.pathname === "/login") tabs.postMessage("signed out");
  else tabs.addEventListener("message", () => location.reload());

  document.addEventListener("submit", async event => {
    const form = event.target;
    if (!form.matches("[data-sign-out]")) return;
    event.preventDefault();
    localStorage.clear();
    sessionStorage.clear();
    if (window.caches) for (const name of await caches.keys()) await caches.delete(name);
    form.submit();
  });
})();
