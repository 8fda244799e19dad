/* What was scanned, a certificate, a copy or a place to read along, comes in the fragment of the address, which no server
   and no log ever sees: the code, before it the number where the form asks for one. It is put into the form, and taken out
   of the address and the history. */
"use strict";
(() => {
  const fragment = location.hash.slice(1), scanned = fragment.split("."), number = document.getElementById("number");
  if (!scanned.every(Boolean) || scanned.length !== (number ? 2 : 1)) return;
  if (document.getElementById(fragment)) return;  // a place on the page, which an inner link leads to
  document.getElementById("code").value = scanned.pop();
  if (number) number.value = scanned.pop();
  history.replaceState(null, "", location.pathname);
})();
