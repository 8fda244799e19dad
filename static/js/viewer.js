/* Reads pages by native scrolling and pinching. Without this script: one page, and links to ?page=n.

   [data-strip]      the scroller. data-current: page to begin with; data-beat: seconds between reading beats
   figure#pgN        [data-page=N], one a page; the current one has class "first" and an <img src>,
                     every other an <img data-src>, fetched only when its neighbour is on screen and has loaded;
                     one that cannot be shown has words in place of the <img> and is never told as read
   img[data-full]    the larger image, fetched only when the reader zooms past 1.4
   a[data-go]        previous, next or a number; its href is the same page without script
   [data-number]     shows the current number
   a[data-follow]    its …/pages/N/… or …page=N is the current page
   form[data-viewed] where "page" and "seconds" go by beacon, with the form's own fields (CSRF): once a page has
                     been looked at for 1 second, then every data-beat seconds as long as it is */
"use strict";
(() => {
  const CENTRE = "-49.9% -49.9%"; // the page shown is the one in the middle, whichever way the strip runs
  const strip = document.querySelector("[data-strip]");
  const viewed = document.querySelector("form[data-viewed]");
  const figures = [...strip.querySelectorAll("figure")];
  const image = figure => figure.querySelector("img");
  const index = number => figures.findIndex(figure => figure.dataset.page === String(number));
  let at = Math.max(0, index(location.hash.slice(3) || strip.dataset.current));
  let width = innerWidth;
  let seconds = 0;
  let clock;

  const loaded = img => img?.complete && img.naturalWidth > 0;

  function fetchPage(figure, then) {
    if (!figure) return;
    const img = image(figure);
    if (!img) return then?.();
    if (img.dataset.src) {
      img.src = img.dataset.src;
      delete img.dataset.src;
    }
    if (then) loaded(img) ? then() : img.addEventListener("load", then, { once: true });
  }

  function show(next) {
    at = next;
    seconds = 0;
    clearInterval(clock);
    clock = setInterval(tick, 1000);
    const { page } = figures[at].dataset;
    const here = new URL(location);
    here.searchParams.set("page", page);
    here.hash = "pg" + page;
    history.replaceState(history.state, "", here);
    for (const mark of document.querySelectorAll("[data-number]")) mark.textContent = page;
    for (const link of document.querySelectorAll("a[data-follow]")) link.href = link.href.replace(/(pages\/|page=)\d+/, "$1" + page);
    for (const link of document.querySelectorAll("a[data-go]")) {
      const step = { previous: -1, next: 1 }[link.dataset.go];
      if (step) link.setAttribute("aria-disabled", String(!figures[at + step]));
      else link.toggleAttribute("aria-current", link.dataset.go === page);
    }
    fetchPage(figures[at], () => {
      if (at !== next) return;
      fetchPage(figures[at + 1]);
      fetchPage(figures[at - 1]);
    });
    sharpen();
  }

  function go(to, behavior = "auto") {
    const figure = figures[{ previous: at - 1, next: at + 1 }[to] ?? index(to)];
    figure?.scrollIntoView({ behavior, block: "start", inline: "start" });
  }

  async function sharpen() {
    const old = image(figures[at]);
    if (!((window.visualViewport?.scale ?? 1) > 1.4 && old?.dataset.full && loaded(old))) return;
    const sharp = old.cloneNode();
    sharp.src = old.dataset.full;
    delete sharp.dataset.full;
    delete old.dataset.full;
    await sharp.decode().then(() => old.replaceWith(sharp), () => { old.dataset.full = sharp.src; });
  }

  function tick() {
    if (document.hidden || document.documentElement.matches(".shielded") || !loaded(image(figures[at]))) return;
    seconds += 1;
    if (seconds !== 1 && seconds % (Number(strip.dataset.beat) || Infinity)) return;
    const told = new FormData(viewed);
    told.set("page", figures[at].dataset.page);
    told.set("seconds", seconds);
    navigator.sendBeacon(viewed.action, told);
  }

  document.addEventListener("click", event => {
    const link = event.target.closest?.("a[data-go]");
    if (!link) return;
    event.preventDefault();
    link.closest("dialog[open]")?.close();
    go(link.dataset.go, isNaN(link.dataset.go) ? "smooth" : "auto"); // a jump passes no page between
  });
  document.addEventListener("keydown", event => {
    if (event.altKey || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) return;
    const to = { ArrowLeft: "previous", ArrowRight: "next" }[event.key];
    const down = { ArrowUp: -80, ArrowDown: 80, PageUp: -600, PageDown: 600 }[event.key];
    if (!to && !down) return;
    event.preventDefault();
    if (to) go(to);
    else strip.scrollBy(0, down);
  });
  window.visualViewport?.addEventListener("resize", sharpen);
  addEventListener("resize", () => { // the phone was turned, which may turn the strip too: stay on the page
    if (innerWidth === width) return; // or only the browser's own bars came or went
    width = innerWidth;
    go(figures[at].dataset.page);
  });

  strip.classList.add("live");
  go(figures[at].dataset.page);
  const seen = new IntersectionObserver(entries => {
    for (const entry of entries) {
      const next = figures.indexOf(entry.target);
      if (entry.isIntersecting && next !== at) show(next);
    }
  }, { root: strip, rootMargin: CENTRE });
  for (const figure of figures) seen.observe(figure);
  show(at);
})();
