/* Draws, moves and removes the boxes that cover values of a page. Without this script: checkboxes and numbers.

   form[data-masks]  data-names: {kind: label}; data-covered: kinds that are covered, those of the radios "kind"
   svg               over the image, its viewBox the page's pixels; gets one rect a box
   [data-list]       the checkboxes "box" with {"kind", "box": [left, top, right, bottom]}; hidden fields take their place;
                     data-source: what found the box; data-by-hand: a person drew it on this page
   [data-tools]      hidden without this script; [data-draw] lets one finger draw (a mouse always does),
                     [data-undo], [data-remove]; [data-said] tells what is chosen and what happened;
                     [data-kinds] is there only when there is something to choose it for
   [data-elsewhere]  to put drawn boxes on other pages too: only there when there are any
   img[data-full]    the larger image, fetched only when the page is zoomed past 1.4
   Keys on a box: arrows move it, with Shift they move its lower right corner, Delete removes it; Ctrl+Z undoes. */
"use strict";
(() => {
  const SMALLEST = 8, REACH = 16; // CSS px: less is a tap; a tap so far beside a box still means it
  const form = document.querySelector("form[data-masks]");
  const svg = form.querySelector("svg");
  const { width, height } = svg.viewBox.baseVal;
  const names = JSON.parse(form.dataset.names);
  const covered = JSON.parse(form.dataset.covered);
  const list = form.querySelector("[data-list]");
  const part = name => form.querySelector(`[data-${name}]`);
  const fields = document.createElement("div");
  const draft = rectangle([0, 0, 0, 0]);
  const past = [];
  let boxes = [...list.querySelectorAll("input")].filter(input => input.checked)
    .map(({ value, dataset }) => ({ ...JSON.parse(value), source: dataset.source, byHand: "byHand" in dataset }));
  let chosen = -1;
  let kind = covered[0];
  let from, hasDrawn, isSent;

  function rectangle([left, top, right, bottom]) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    const sides = { x: left, y: top, width: right - left, height: bottom - top };
    for (const [name, value] of Object.entries(sides)) made.setAttribute(name, value);
    return made;
  }

  function shown({ kind, box }, index) {
    const made = rectangle(box);
    const [left, top] = [box[0] / width, box[1] / height].map(share => Math.round(100 * share));
    const about = { tabindex: 0, role: "button", "aria-pressed": index === chosen, class: covered.includes(kind) ? "" : "open",
      "aria-label": `${names[kind]}，离左边 ${left}%，离上边 ${top}%` };
    for (const [name, value] of Object.entries(about)) made.setAttribute(name, value);
    made.addEventListener("focus", () => { if (chosen !== index) choose(index); });
    return made;
  }

  function kept({ kind, box }) {
    return Object.assign(document.createElement("input"), { type: "hidden", name: "box", value: JSON.stringify({ kind, box }) });
  }

  function say(words) {
    part("said").textContent = words;
  }

  function offer() {
    part("remove").disabled = chosen < 0;
    part("kinds").hidden = chosen < 0 && !svg.matches(".drawing") && !matchMedia("(pointer: fine)").matches;
    if (part("elsewhere")) part("elsewhere").hidden = !boxes.some(one => one.byHand);
  }

  function render() {
    const hadFocus = svg.contains(document.activeElement);
    svg.replaceChildren(...boxes.map(shown));
    fields.replaceChildren(...boxes.map(kept));
    part("undo").disabled = !past.length;
    offer();
    if (hadFocus) focus();
  }

  function focus() {
    svg.children[chosen]?.focus({ preventScroll: true });
  }

  function choose(index) {
    chosen = index;
    if (index >= 0) {
      kind = boxes[index].kind;
      say(`${names[kind]} · ${boxes[index].source}`);
      for (const radio of form.elements.kind) radio.checked = radio.value === kind;
    }
    [...svg.children].forEach((rect, at) => rect.setAttribute("aria-pressed", at === index));
    offer();
  }

  function change(next, index, words) {
    past.push(boxes);
    boxes = next;
    choose(Math.min(index, boxes.length - 1));
    render();
    say(words);
  }

  function undo() {
    if (!past.length) return;
    boxes = past.pop();
    choose(-1);
    render();
    say("已撤销");
  }

  function remove() {
    if (chosen >= 0) change(boxes.filter((_, at) => at !== chosen), chosen, `已删除：${names[boxes[chosen].kind]}`);
  }

  function replace(one, words) {
    change(boxes.map((held, at) => at === chosen ? one : held), chosen, words);
  }

  /* A tap means the smallest box under it, else the nearest within reach. */
  function touched([x, y], reach) {
    const away = ([left, top, right, bottom]) => Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));
    const area = ([left, top, right, bottom]) => (right - left) * (bottom - top);
    return boxes.map(({ box }, index) => ({ index, away: away(box), area: area(box) }))
      .filter(one => one.away <= reach)
      .sort((a, b) => a.away - b.away || a.area - b.area)[0]?.index ?? -1;
  }

  const scale = () => width / svg.getBoundingClientRect().width; // page pixels a CSS pixel

  function place(event) {
    const frame = svg.getBoundingClientRect();
    const within = (share, most) => Math.round(Math.min(Math.max(share, 0), 1) * most);
    return [within((event.clientX - frame.left) / frame.width, width), within((event.clientY - frame.top) / frame.height, height)];
  }

  function spanned(event) {
    const [a, b] = [from, place(event)];
    return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[0], b[0]), Math.max(a[1], b[1])];
  }

  function stop() {
    from = undefined;
    draft.remove();
  }

  svg.addEventListener("pointerdown", event => {
    hasDrawn = false;
    if (!event.isPrimary) return stop();
    if (event.button || !(svg.matches(".drawing") || event.pointerType === "mouse")) return;
    from = place(event);
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", event => {
    if (!from) return;
    const [left, top, right, bottom] = spanned(event);
    for (const [name, value] of Object.entries({ x: left, y: top, width: right - left, height: bottom - top })) draft.setAttribute(name, value);
    if (!draft.isConnected) svg.append(draft);
  });
  svg.addEventListener("pointercancel", stop); // a second finger came: the browser zooms
  svg.addEventListener("pointerup", event => {
    if (!from) return;
    const box = spanned(event);
    stop();
    hasDrawn = Math.min(box[2] - box[0], box[3] - box[1]) >= SMALLEST * scale();
    if (!hasDrawn) return;
    if (!covered.includes(kind)) kind = covered[0];
    change([...boxes, { kind, box, source: "刚画的", byHand: true }], boxes.length, `已加框：${names[kind]}`);
    focus();
  });
  svg.addEventListener("mousedown", event => event.preventDefault()); // no focus, hence no choice, by where a drawing begins
  svg.addEventListener("click", event => {
    if (hasDrawn) return;
    choose(touched(place(event), REACH * scale()));
    focus();
  });

  svg.addEventListener("keydown", event => {
    const step = Math.max(1, Math.round(width / 400));
    const [x, y] = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key] ?? [0, 0];
    const removes = event.key === "Delete" || event.key === "Backspace";
    if (chosen < 0 || !(x || y || removes)) return;
    event.preventDefault();
    if (removes) return remove();
    const [left, top, right, bottom] = boxes[chosen].box;
    const box = event.shiftKey ? [left, top, right + x, bottom + y] : [left + x, top + y, right + x, bottom + y];
    const fits = box[0] >= 0 && box[1] >= 0 && box[2] <= width && box[3] <= height && box[0] < box[2] && box[1] < box[3];
    if (fits) replace({ ...boxes[chosen], box, byHand: true }, event.shiftKey ? "已改大小" : "已移动");
  });
  form.addEventListener("keydown", event => {
    if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || event.target.matches("[inputmode]")) return;
    event.preventDefault();
    undo();
  });
  part("undo").addEventListener("click", undo);
  part("remove").addEventListener("click", remove);
  part("draw").addEventListener("click", event => {
    event.currentTarget.setAttribute("aria-pressed", svg.classList.toggle("drawing"));
    offer();
  });
  for (const radio of form.elements.kind)
    radio.addEventListener("change", () => {
      kind = radio.value;
      if (chosen >= 0) replace({ ...boxes[chosen], kind, byHand: true }, `已改为：${names[kind]}`);
    });

  form.addEventListener("submit", () => { isSent = true; });
  addEventListener("beforeunload", event => { if (past.length && !isSent) event.preventDefault(); });
  window.visualViewport?.addEventListener("resize", () => {
    const image = form.querySelector("img");
    if (!(window.visualViewport.scale > 1.4 && image.dataset.full)) return;
    image.src = image.dataset.full;
    delete image.dataset.full;
  });

  list.replaceWith(fields);
  for (const tools of document.querySelectorAll("[data-tools]")) tools.hidden = false;
  render();
  say(`${boxes.length} 个框`);
})();
