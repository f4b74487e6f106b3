// The preview follows every edit and every saved template: what has changed of the mail takes its place, and the rest
// stays. What cannot be shown leaves all as it is, and says why. Works by itself and in a frame of the board.
const root = document.getElementById("preview");
const home = root.dataset.home;
const live = document.getElementById("live");
const outside = (() => {
  try {
    return parent === window ? null : parent.document;
  } catch {
    return null;
  }
})();
let place = "";
let asked = 0;
let seen = Number(document.getElementById("inbox").dataset.version);
let wanted = seen;
let lost = false;
document.documentElement.classList.add("scripted");

function say(text, state = "") {
  live.textContent = text;
  live.className = state;
}

// ---- The frame: it runs nothing, and is of our origin, so that its pictures and its place outlast an edit
const mail = () => document.getElementById("mail");

async function fetched(path) {
  const answer = await fetch(path);
  const text = await answer.text();
  if (answer.ok) return text;
  throw new Error([...read(text).querySelectorAll("main p")].map((one) => one.textContent).join("\n"));
}
const read = (text, place = window) => new place.DOMParser().parseFromString(text, "text/html");

function become(old, fresh) {
  const [olds, news] = [[...old.childNodes], [...fresh.childNodes]];
  let next = null;
  while (olds.length && news.length && olds[0].isEqualNode(news[0])) olds.shift(), news.shift();
  while (olds.length && news.length && olds.at(-1).isEqualNode(news.at(-1))) next = olds.pop(), news.pop();
  if (olds.length === news.length && olds.every((one, at) => isLike(one, news[at]))) return olds.forEach((one, at) => become(one, news[at]));
  for (const one of olds) one.remove();
  for (const one of news) old.insertBefore(one, next);
}
const isLike = (one, other) => one.hasChildNodes() && other.hasChildNodes() && one.cloneNode().isEqualNode(other.cloneNode());

function show(fresh) {
  const [shown, bare] = [mail().contentDocument, (url) => url?.replace(/#.*/, "")];
  if (bare(shown?.URL) === bare(mail().src)) become(shown, read(fresh, mail().contentWindow)); // under its own policy
  else mail().src = root.dataset.frame; // it went elsewhere
  if (place) jump(place);
}

function put(page) {
  for (const id of ["inbox", "meters"]) {
    const open = [...document.querySelectorAll(`#${id} details`)].map((one) => one.open);
    document.getElementById(id).replaceWith(page.getElementById(id));
    document.querySelectorAll(`#${id} details`).forEach((one, at) => { one.open = open[at] ?? one.open; });
  }
  seen = Number(document.getElementById("inbox").dataset.version);
}

async function refresh(version = 0) {
  if (!mail()) return location.reload();
  wanted = Math.max(wanted, version);
  const mine = (asked += 1);
  try {
    const [fresh, facts] = await Promise.all([fetched(root.dataset.frame), fetched(`${home}/preview/facts?${root.dataset.query}`)]);
    if (mine !== asked) return;
    const page = read(facts);
    if (!page.getElementById("inbox").children.length) return location.reload();
    show(fresh);
    put(page);
    say("Updated " + new Date().toLocaleTimeString());
    for (const one of [document, outside]) one?.dispatchEvent(new CustomEvent("digest:previewed", { detail: { version: seen } }));
    later();
  } catch (error) {
    wanted = seen;
    if (mine === asked) say(error.message || "The preview server does not answer", "refused");
  }
}

function jump(to) {
  place = to;
  if (!root.dataset.frame.includes("/html?")) return location.assign(`${home}/preview?${root.dataset.query}&part=html`);
  mail().src = mail().src.replace(/#.*|$/, "#" + to);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.jump");
  if (!link) return;
  event.preventDefault();
  jump(decodeURIComponent(link.hash.slice(1)));
  if (link.dataset.story) outside?.querySelector(`.stories [data-story="${CSS.escape(link.dataset.story)}"]`)?.focus();
});

// ---- What changes: an edit on the board that this stands beside, one elsewhere, a file
const gone = new AbortController();
let touched = "";
for (const kind of ["pointerdown", "keydown"]) {
  outside?.addEventListener(kind, (event) => { touched = event.target.closest?.("[data-story]")?.dataset.story || touched; }, { capture: true, signal: gone.signal });
}
function edited(event) {
  if (touched) place = "story-" + touched;
  const version = Number(event.detail?.version);
  if (version > wanted) refresh(version);
  else if (touched && mail()) jump(place);
}
document.addEventListener("digest:edited", edited);
outside?.addEventListener("digest:edited", edited, { signal: gone.signal });

const changes = new EventSource("/editor/changes?" + new URLSearchParams({ seen: root.dataset.files, issue: root.dataset.issue }));
changes.addEventListener("edited", (event) => Number(event.data) > wanted && refresh(Number(event.data)));
changes.addEventListener("changed", () => refresh());
changes.addEventListener("refused", (event) => say(event.data, "refused"));
changes.addEventListener("error", () => {
  lost = true;
  say("The preview server does not answer", "refused");
});
changes.addEventListener("open", () => lost && location.reload());
addEventListener("pagehide", () => {
  changes.close();
  gone.abort();
});

// ---- What takes longer: loaded when the page is there, and again when editing rests
async function load(section, path = `${home}/preview/${section.dataset.load}?${root.dataset.query}`) {
  const answer = await fetch(path).catch(() => null);
  if (!answer) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const open = [...section.querySelectorAll("details")].map((one) => one.open);
  if (answer.ok) section.replaceChildren(...page.body.childNodes);
  else section.querySelector("p").textContent = [...page.querySelectorAll("main p")].map((p) => p.textContent).join(" ");
  if (open.length) section.querySelectorAll("details").forEach((one, at) => { one.open = open[at] ?? one.open; });
}
async function loadAll() {
  for (const section of document.querySelectorAll("[data-load]")) await load(section);
}
function later() {
  clearTimeout(later.timer);
  later.timer = setTimeout(loadAll, 1500);
}
document.addEventListener("click", (event) => {
  const link = event.target.closest("a.count");
  if (!link) return;
  event.preventDefault();
  link.textContent = "Counting…";
  load(link.closest("[data-load]"), link.href);
});
if (outside) later(); // the board comes first
else loadAll();

// ---- How wide: a frame that does not fit is drawn smaller, and says so
const stage = document.getElementById("stage");
const frame = document.getElementById("frame");
const pixels = document.getElementById("pixels");
let width = Number(root.dataset.width);

function fit() {
  if (!frame || !width) return;
  const style = getComputedStyle(stage);
  const room = stage.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  const scale = Math.min(1, room / width);
  frame.classList.add("fitted");
  frame.style.width = `${Math.floor(width * scale)}px`;
  for (const one of frame.querySelectorAll("iframe")) {
    one.style.width = `${width}px`;
    one.style.height = `${100 / scale}%`;
    one.style.transform = scale < 1 ? `scale(${scale})` : "";
  }
  document.getElementById("scale").textContent = scale < 1 ? `${width} pixels, shown at ${Math.round(scale * 100)} %` : `${width} pixels`;
}
if (stage) new ResizeObserver(fit).observe(stage);
pixels?.addEventListener("input", () => {
  width = Number(pixels.value);
  document.getElementById("shown-pixels").value = width;
  fit();
});
if (pixels) {
  frame.addEventListener("pointerup", () => {
    const drawn = Math.round(frame.getBoundingClientRect().width);
    const room = stage.clientWidth - 32;
    if (Math.abs(drawn - Math.min(width, room)) < 4) return;
    pixels.value = width = Math.max(280, drawn);
    document.getElementById("shown-pixels").value = width;
    fit();
  });
}

// ---- Whose mail
document.getElementById("reader").addEventListener("change", (event) => event.target.form.requestSubmit());
const find = document.getElementById("find");
find?.addEventListener("input", async () => {
  const words = find.value;
  if (words.length < 2) return;
  const answer = await fetch(`${home}/readers?${new URLSearchParams({ search: words })}`).catch(() => null);
  if (!answer?.ok || find.value !== words) return;
  const people = document.getElementById("people");
  people.replaceChildren(...(await answer.json()).map((one) => new Option(one.name, one.address)));
});

// ---- Keys
const keys = document.getElementById("keys");
const keyed = () => [...document.querySelectorAll("[data-key]")].filter((one) => one.dataset.key);

function help() {
  keys.querySelector("dl").replaceChildren(
    ...[...keyed().map((one) => [one.dataset.key, one.placeholder || `${one.closest("[role=group]")?.getAttribute("aria-label") || ""} ${one.textContent}`.trim()]), ["[ ]", "Reader before, reader after"], ["?", "Keys"]].map(([key, words]) => {
      const line = document.createElement("div");
      line.append(Object.assign(document.createElement("dt"), { textContent: key }), Object.assign(document.createElement("dd"), { textContent: words }));
      return line;
    }),
  );
  keys.showModal();
}
keys.querySelector("button").addEventListener("click", () => keys.close());

function neighbour(by) {
  const reader = document.getElementById("reader");
  reader.selectedIndex = (reader.selectedIndex + by + reader.options.length) % reader.options.length;
  reader.form.requestSubmit();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input:not([type=range]), select, textarea") || keys.open) return;
  const one = keyed().find((found) => found.dataset.key === event.key);
  if (event.key === "?") help();
  else if (event.key === "[" || event.key === "]") neighbour(event.key === "]" ? 1 : -1);
  else if (one?.matches("input")) one.focus();
  else if (one) one.click();
  else return;
  event.preventDefault();
});
