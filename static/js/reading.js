/* Reading under a grant: tells the server that the pages are still open, shows what is left, ends when it says so.

   form[data-beat-form]  posted every data-every seconds as long as somebody can see the pages; the server counts by
                         its own clock and answers how many seconds are left, or refuses: then the page is asked for
                         again and says why
   [data-left]           where that is written; from data-warn seconds on it is a warning, told once
   template#unreached    in place of the pages when the server was not reached for a minute */
"use strict";
(() => {
  const form = document.querySelector("[data-beat-form]");
  const shown = document.querySelector("[data-left]");
  const every = Number(form.dataset.every);
  let left = Number(shown.dataset.left);
  let known = Date.now();
  let missed = 0;

  const isSeen = () => !document.hidden && !document.documentElement.matches(".shielded");

  function write() {
    const now = Math.max(0, left - Math.round((Date.now() - known) / 1000));
    shown.textContent = now >= 60 ? `剩 ${Math.ceil(now / 60)} 分钟` : `剩 ${now} 秒`;
    if (now > Number(shown.dataset.warn) || shown.classList.contains("warn")) return;
    shown.classList.replace("primary", "warn");
    document.getElementById("notice").replaceChildren(document.getElementById("ending").content.cloneNode(true));
  }

  async function beat() {
    if (!isSeen()) return;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
      if (answer.redirected || [401, 403, 404].includes(answer.status)) return location.reload();
      if (!answer.ok) throw new Error(answer.status);
      left = (await answer.json()).left_s ?? Infinity;
      known = Date.now();
      missed = 0;
    } catch {
      missed += 1;
      if (missed * every < 60) return;
      document.querySelector("#main").replaceChildren(document.getElementById("unreached").content.cloneNode(true));
      for (const part of document.querySelectorAll(".page-bar, dialog, [data-follow]")) part.remove();
    }
  }

  setInterval(beat, every * 1000);
  setInterval(() => { if (isSeen()) write(); }, 1000);
  document.addEventListener("visibilitychange", beat);
  beat().then(write);
})();
