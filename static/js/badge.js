/* The number of unread notices on the app's icon, where the phone shows one. #badge[data-unread] holds it. */
"use strict";
(() => {
  const tell = unread => (unread ? navigator.setAppBadge?.(unread) : navigator.clearAppBadge?.())?.catch(() => {});
  const badge = () => document.getElementById("badge");
  const tabs = document.getElementById("tabs");
  if (!tabs || !badge()) return;

  const told = () => tell(Number(badge()?.dataset.unread));
  new MutationObserver(told).observe(tabs, { childList: true, subtree: true });
  told();
  document.addEventListener("htmx:before:request", event => {
    if (document.hidden && event.target.id === "badge") event.preventDefault(); // nobody looks: ask later
  });
  document.addEventListener("submit", event => {
    if (event.target.matches("[data-sign-out]")) tell(0);
  });
})();
