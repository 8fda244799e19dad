/* A scanned certificate: number and code come in the fragment of the address, which no server and no log ever sees.
   They are put into the form, and taken out of the address and the history. */
"use strict";
(() => {
  const [number, code] = location.hash.slice(1).split(".");
  if (!number || !code) return;
  document.getElementById("number").value = number;
  document.getElementById("code").value = code;
  history.replaceState(null, "", location.pathname);
})();
