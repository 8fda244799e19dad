/* Passkeys: a button asks the server what to ask, has the phone sign it, and sends the form with the answer in it.

   <div class="passkey" data-passkey="where what to ask is fetched" data-site="our origin" data-create data-autofill>
     <input type="hidden" data-answer disabled>  <button type="button">…</button>  <p role="status"></p>
   </div>
   inside a form. Hidden (css .passkey) without this script, where the browser knows no passkeys, and on another
   name than data-site, to which no passkey would belong.
   data-create     a new passkey is made; otherwise one that is there is asked
   data-autofill   passkeys are also offered in the field with autocomplete="… webauthn"; not after one was refused,
                   for some devices would answer by themselves, again and again */
const FRESH_MS = 4 * 60 * 1000;  // the server waits five minutes for an answer
const SAYS = {
  NotAllowedError: "没有完成。可以再试一次，或者用其他方式。",
  InvalidStateError: "这台设备上已经有您的通行密钥了。",
  NotSupportedError: "这台设备不能保存通行密钥。",
};
const first = document.querySelector("[data-passkey]");
const knows = window.PublicKeyCredential?.parseRequestOptionsFromJSON && first?.dataset.site === location.origin;
let waiting;

async function request(part) {
  const token = part.closest("form").elements.csrf_token.value;
  const answer = await fetch(part.dataset.passkey, {
    method: "POST", redirect: "manual", headers: { "X-CSRF-Token": token, Accept: "text/plain" },
  });
  if (answer.type === "opaqueredirect") location.reload();
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

/* What the phone has signed; mediation "conditional" waits in the background until a passkey is picked in the field. */
async function signed(part, mediation) {
  waiting?.abort();
  const { signal } = waiting = new AbortController();
  const asked = await request(part);
  const credential = "create" in part.dataset
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked), signal })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked), signal, mediation });
  return JSON.stringify(credential);
}

function send(part, answer) {
  const form = part.closest("form"), field = part.querySelector("[data-answer]");
  field.value = answer;
  field.disabled = false;
  const buttons = [...form.elements].filter(each => each.type === "submit");  // those elsewhere that name it too
  if (buttons.length === 1) return form.requestSubmit(buttons[0]);
  if (!buttons.length) return form.requestSubmit();
  say(part, "已确认，请继续。");
  buttons[0].focus();
}

const say = (part, words) => { part.querySelector("[role=status]").textContent = words; };

async function ask(part) {
  const form = part.closest("form"), typed = form.querySelector(":scope input.code");
  const button = part.querySelector("button");
  if (typed) typed.disabled = true;  // the answer stands in for it
  if (!form.reportValidity()) { if (typed) typed.disabled = false; return; }
  button.disabled = true;
  say(part, "");
  try {
    send(part, await signed(part, "optional"));
  } catch (fault) {
    if (typed) typed.disabled = false;
    if (fault.name !== "AbortError") say(part, SAYS[fault.name] ?? (fault.name === "Error" ? fault.message : "没有完成，请再试一次。"));
  }
  button.disabled = false;
}

async function offer(part) {
  const since = Date.now();
  try {
    const answer = await signed(part, "conditional");
    if (Date.now() - since < FRESH_MS) send(part, answer);
    else ask(part);
  } catch { /* the person signed in another way, or pressed the button */ }
}

if (knows) {
  document.documentElement.classList.add("passkeys");
  document.addEventListener("click", event => {
    const part = event.target.closest?.("button")?.closest("[data-passkey]");
    if (part) ask(part);
  });
  const field = document.querySelector("[data-passkey][data-autofill]");
  if (field && await PublicKeyCredential.isConditionalMediationAvailable?.()) offer(field);
}
