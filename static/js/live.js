/* A list that keeps up to date: #waiting[data-stream] is told when it is old (Server-Sent Events) and has htmx fetch
   itself anew. Without a free stream it asks now and then; while nobody looks it does neither. */
"use strict";
(() => {
  const ASK_EVERY_MS = 20000;
  const STEADY_MS = 700; // a finger on its way must not hit what has just moved under it
  const list = () => document.getElementById("waiting");
  if (!list() || !window.EventSource) return;
  let source, timer, moved = -STEADY_MS, shown = list().dataset.stream;

  const ask = () => list().dispatchEvent(new CustomEvent("news"));
  const rest = () => {
    source?.close();
    clearTimeout(timer);
  };
  const listen = () => {
    rest();
    if (document.hidden) return;
    source = new EventSource(list().dataset.stream);
    source.addEventListener("changed", ask);
    source.addEventListener("over", () => location.reload()); // signed out, or in another role
    source.addEventListener("error", event => {
      if (event.target.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
      rest();
      timer = setTimeout(() => { ask(); listen(); }, ASK_EVERY_MS);
    });
  };

  document.addEventListener("htmx:after:swap", () => {
    const { heading, stream } = list().dataset;
    if (stream === shown) return; // something else was swapped
    shown = stream;
    document.querySelector("h1").textContent = document.getElementById("news").textContent = heading;
    moved = performance.now();
  });
  document.addEventListener("htmx:response:error", event => { if (event.target === list()) rest(); });
  document.addEventListener("click", event => {
    if (!event.detail || performance.now() - moved > STEADY_MS || !list().contains(event.target)) return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", rest);
  listen();
})();
