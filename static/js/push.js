/* Web push: a button asks for permission, subscribes with the browser's hub and sends the form with what it gave.

   form[data-push="our public key"] with a hidden field `subscription`, a button and a [role=status]; hidden, with
   #no-push shown instead, without this script and where the browser cannot. form[data-push-stop] ends it. */
const form = document.querySelector("form[data-push]");
const stop = document.querySelector("form[data-push-stop]");
const worker = "PushManager" in window && "Notification" in window && navigator.serviceWorker;

const say = words => { form.querySelector("[role=status]").textContent = words; };

async function begin() {
  if (await Notification.requestPermission() !== "granted")
    return say("没有得到允许。请在浏览器或系统的设置里允许兰台发送通知，再试一次。");
  const { pushManager } = await worker.ready;
  await (await pushManager.getSubscription())?.unsubscribe(); // an older one may be bound to another key
  const given = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: form.dataset.push });
  form.elements.subscription.value = JSON.stringify(given);
  form.requestSubmit();
}

if (form && worker) {
  form.hidden = false;
  document.getElementById("no-push").hidden = true;
  const button = form.querySelector("button");
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await begin();
    } catch {
      say("没有开启：连不上浏览器厂商的推送服务器。可以改用邮件或短信提醒。");
    }
    button.disabled = false;
  });
}

if (stop && worker) stop.addEventListener("submit", async event => {
  event.preventDefault();
  await (await (await worker.ready).pushManager.getSubscription())?.unsubscribe().catch(() => {});
  stop.submit();
});
