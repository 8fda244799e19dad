/* Makes form[data-upload] take dropped files and send them one by one, each with its progress.
   Without this script the form posts them all at once.

   Each file is POSTed to the form's action with the form's other fields (CSRF) and "Accept: text/plain".
   The server answers 201 with a Location to go to when all are in (a redirect is followed too), or a 4xx whose
   text/plain body says to the reader what is wrong with this file. Files not taken stay, to be sent again.
   What the queries of several Locations say goes on together. */
"use strict";
(() => {
  const WORDS = { 0: "没有网络，请重试", 413: "文件太大", 415: "不支持这种文件", 429: "上传太快，请稍后重试" };

  function send(form, input, file, bar) {
    return new Promise(done => {
      const body = new FormData(form);
      body.delete(input.name);
      body.append(input.name, file);
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "text/plain");
      request.upload.onprogress = event => { bar.value = event.lengthComputable ? event.loaded / event.total : 0; };
      request.onloadend = () => {
        const { status } = request;
        const plain = request.getResponseHeader("Content-Type")?.startsWith("text/plain");
        done(status >= 200 && status < 300
          ? { next: request.getResponseHeader("Location") || request.responseURL }
          : { wrong: (plain && request.responseText.slice(0, 200)) || WORDS[status] || "没有收下，请重试" });
      };
      request.send(body);
    });
  }

  function enhance(form) {
    const input = form.querySelector("input[type=file]");
    const drop = form.querySelector(".drop");
    const list = form.querySelector(".upload-files");
    const status = form.querySelector("[data-upload-status]");
    const button = form.querySelector("button[type=submit]");
    let waiting = [];

    function row(file) {
      const item = form.querySelector("template").content.cloneNode(true).firstElementChild;
      item.querySelector(".cell-title").textContent = file.name;
      item.querySelector("progress").setAttribute("aria-label", file.name);
      tell(item, `${(file.size / 1048576).toFixed(1)} MB`);
      return { file, item };
    }

    function tell(item, text, kind = "") {
      item.querySelector(".cell-detail").textContent = text;
      item.className = `cell ${kind}`;
    }

    function choose() {
      waiting = [...input.files].map(row);
      list.replaceChildren(...waiting.map(entry => entry.item));
      list.hidden = !waiting.length;
      status.textContent = waiting.length ? `已选 ${waiting.length} 个文件` : "";
    }

    input.addEventListener("change", choose);
    for (const type of ["dragenter", "dragover", "dragleave", "drop"])
      drop.addEventListener(type, event => {
        event.preventDefault();
        drop.classList.toggle("over", type === "dragenter" || type === "dragover");
      });
    drop.addEventListener("drop", event => {
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      choose();
    });

    const stay = event => event.preventDefault();
    form.addEventListener("submit", async event => {
      event.preventDefault();
      button.disabled = true;
      addEventListener("beforeunload", stay);
      const left = [];
      let next;
      for (const entry of waiting) {
        tell(entry.item, "正在上传", "sending");
        const answer = await send(form, input, entry.file, entry.item.querySelector("progress"));
        if (answer.wrong) left.push(entry);
        else {
          const to = new URL(answer.next, location);
          for (const [name, value] of next?.searchParams ?? []) to.searchParams.append(name, value);
          next = to;
        }
        tell(entry.item, answer.wrong || "已上传", answer.wrong ? "danger" : "ok");
        status.textContent = `已上传 ${waiting.indexOf(entry) + 1 - left.length} 个，共 ${waiting.length} 个`;
      }
      removeEventListener("beforeunload", stay);
      button.disabled = false;
      waiting = left;
      if (left.length) button.textContent = `重新上传 ${left.length} 个文件`;
      else location.assign(next);
    });
  }

  document.querySelectorAll("form[data-upload]").forEach(enhance);
})();
