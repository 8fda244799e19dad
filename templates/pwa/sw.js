/* Keeps the shell of Lantai on the phone: exactly the files listed, under one version, and the offline page.
   Everything else, above all every page and page image, goes to the network and is never kept. */
"use strict";
const VERSION = {{ ("lantai-" ~ version)|tojson }};
const FILES = {{ files|tojson }};
const OFFLINE = "/offline";

addEventListener("install", event => {
  event.waitUntil(caches.open(VERSION)
    .then(shell => shell.addAll([...FILES, OFFLINE].map(url => new Request(url, { cache: "reload" }))))
    .then(() => skipWaiting()));
});

addEventListener("activate", event => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name !== VERSION) await caches.delete(name);
    await registration.navigationPreload?.enable();
    await clients.claim();
  })());
});

async function page(event) {
  try {
    return await event.preloadResponse || await fetch(event.request);
  } catch {
    return await caches.match(OFFLINE) || Response.error();
  }
}

addEventListener("fetch", event => {
  const { request } = event;
  if (request.method !== "GET") return;
  const url = new URL(request.url);
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (url.origin === location.origin && FILES.includes(url.pathname + url.search))
    event.respondWith(caches.match(request).then(kept => kept || fetch(request)));
});

/* A push holds nothing but that there is something: what is shown is always the same. */
addEventListener("push", event => {
  event.waitUntil(registration.showNotification("兰台", { body: "您有新的消息，请登录兰台查看。", tag: "notices", lang: "zh-CN" }));
});

addEventListener("notificationclick", event => {
  event.notification.close();
  event.waitUntil(clients.openWindow("/notices"));
});
