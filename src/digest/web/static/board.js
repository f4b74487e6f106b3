// The board with scripts: drag and drop, keys, the command palette, and what another editor does meanwhile.
// Every edit is a line that one of the board's buttons could have sent; the answer is the whole board.
const bench = document.getElementById("workbench");
const home = "/editor/issues/" + bench.dataset.issue;
const form = document.getElementById("deed");
const board = () => document.getElementById("board");
const note = document.getElementById("say");
htmx.config.defaultSettleDelay = 0; // a key that is pressed right after an answer finds everything in its place
let focused = {};
let looking = "";

function say(text) {
  note.textContent = text;
  note.classList.toggle("shown", text !== "");
  clearTimeout(say.timer);
  say.timer = setTimeout(() => note.classList.remove("shown"), 6000);
}

function send(deed) {
  const values = { deed, csrf: form.elements.csrf.value };
  return htmx.ajax("POST", home + "/deeds", { source: form, target: "#board", swap: "outerHTML", values });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!event.submitter) return;
  remember(event.submitter.closest(".card"));
  send(event.submitter.value);
});

// ---- Cards: focus is kept by story, for the board is a new one after each edit.
const cards = () => [...board().querySelectorAll(".section .card[data-story]")];
const candidates = () => [...document.querySelectorAll("#found .candidate")];
const card = () => document.activeElement.closest?.(".card");
const listOf = (one) => one.closest("ol.stories");
const typesIn = (element) => element.closest?.("input, textarea, select, dialog");

function focus(one) {
  if (!one) return;
  one.focus({ preventScroll: true });
  one.scrollIntoView({ block: "nearest" });
}

function remember(one = card()) {
  if (!one?.dataset.story) return;
  focused = { id: one.id, story: one.dataset.story, at: cards().indexOf(one) };
}

function recall() {
  const all = cards();
  const same = all.find((one) => one.id === focused.id) || all.find((one) => one.dataset.story === focused.story);
  focus(same || all[Math.min(focused.at ?? 0, all.length - 1)]);
}

// ---- Drag and drop
function draggable() {
  if (!board().querySelector(".tools button")) return;
  for (const list of board().querySelectorAll("ol.stories")) {
    Sortable.create(list, { group: "stories", draggable: ".card", filter: "a,button", preventOnFilter: false, animation: 120, delay: 80, delayOnTouchOnly: true, onEnd: dropped, onAdd: added });
  }
}

function draggablePool() {
  const list = document.querySelector("#found .candidates");
  if (list && board().querySelector(".tools button")) {
    Sortable.create(list, { group: { name: "stories", pull: "clone", put: false }, sort: false, draggable: ".card", filter: "a,button", preventOnFilter: false, delay: 80, delayOnTouchOnly: true });
  }
}

const after = (one) => one.nextElementSibling?.dataset.story || "-";

function dropped(event) {
  const one = event.item;
  if (event.from === event.to && event.oldIndex === event.newIndex) return;
  focused = { story: one.dataset.story, id: `s-${event.to.dataset.category}-${one.dataset.story}` };
  send(`place ${one.dataset.story} ${event.from.dataset.category} ${event.to.dataset.category} ${after(one)}`);
}

function added(event) {
  const article = event.item.dataset.article;
  if (!article) return;
  send(`bring ${article} ${event.to.dataset.category} ${after(event.item)}`);
  event.item.remove();
}

// ---- Keys
function step(by) {
  const all = candidates().includes(card()) ? candidates() : cards();
  const at = all.indexOf(card());
  focus(all[at < 0 ? 0 : Math.max(0, Math.min(all.length - 1, at + by))]);
}

function across(by) {
  const one = card();
  const lists = [...board().querySelectorAll("ol.stories")];
  const at = lists.indexOf(listOf(one)) + by;
  if (at < 0 || at >= lists.length) return;
  focused = { story: one.dataset.story, id: `s-${lists[at].dataset.category}-${one.dataset.story}` };
  send(`place ${one.dataset.story} ${listOf(one).dataset.category} ${lists[at].dataset.category} -`);
}

function press(label) {
  const button = [...(card()?.querySelectorAll(".tools button") || [])].find((one) => one.value.startsWith(label));
  button?.click();
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  ArrowDown: (event) => card() && (event.altKey ? press("down ") : step(1)),
  ArrowUp: (event) => card() && (event.altKey ? press("up ") : step(-1)),
  ArrowRight: (event) => event.altKey && card()?.dataset.story && across(1),
  ArrowLeft: (event) => event.altKey && card()?.dataset.story && across(-1),
  p: () => (press("pin "), press("unpin ")),
  x: () => press("drop "),
  Delete: () => press("drop "),
  Enter: () => card()?.dataset.article ? press("bring ") : card()?.querySelector(".title a")?.click(),
  "/": () => document.getElementById("search").focus(),
  "?": () => document.getElementById("keys").showModal(),
};

document.addEventListener("keydown", (event) => {
  const command = event.ctrlKey || event.metaKey;
  const typing = typesIn(event.target);
  if (command && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
  } else if (command && event.key.toLowerCase() === "z" && !typing) {
    event.preventDefault();
    send(event.shiftKey ? "redo" : "undo");
  } else if (!command && !typing && KEYS[event.key] && !(event.key === "Enter" && event.target.closest("a, button, summary"))) {
    const arrow = event.key.startsWith("Arrow");
    if (arrow && !card()) return;
    event.preventDefault();
    KEYS[event.key](event);
  } else if (typing && event.key === "Escape" && event.target.id === "search") {
    focus(candidates()[0] || cards()[0]);
  }
});

// ---- The command palette
const palette = document.getElementById("palette");
const command = document.getElementById("command");
const list = document.getElementById("commands");

function everything() {
  const named = (one) => (one.getAttribute("aria-label") || one.textContent).trim().replace(/\s+/g, " ");
  const pressed = (where) => [...document.querySelectorAll(where)].map((one) => ({ name: named(one), hint: named(one).startsWith(one.title) ? "" : one.title, run: () => one.click() }));
  const gone = (where) => [...document.querySelectorAll(where)].map((one) => ({ name: named(one), hint: "go", run: () => one.click() }));
  return [
    ...pressed(".top .tools button:not(:disabled)"),
    ...gone(".lines a, .top a"),
    ...cards().map((one) => ({ name: one.querySelector(".title").textContent.trim(), hint: "story", run: () => focus(one) })),
    ...[...board().querySelectorAll(".section h2")].map((one) => ({ name: one.textContent.trim(), hint: "category", run: () => { one.scrollIntoView(); focus(one.closest(".section").querySelector(".card")); } })),
    ...gone(".rail a"),
    ...pressed(".promotions button, .history button"),
    { name: "Keys", hint: "?", run: KEYS["?"] },
  ];
}

function openPalette() {
  command.value = "";
  palette.showModal();
  offer();
}

function offer() {
  const words = command.value.toLowerCase().split(/\s+/);
  const fitting = everything().filter((one) => words.every((word) => one.name.toLowerCase().includes(word)));
  offer.shown = fitting.slice(0, 12);
  offer.at = 0;
  list.replaceChildren(...offer.shown.map((one, at) => {
    const line = document.createElement("li");
    line.id = "command-" + at;
    line.role = "option";
    line.append(one.name);
    const hint = document.createElement("span");
    hint.className = "meta";
    hint.textContent = one.hint;
    line.append(" ", hint);
    line.addEventListener("click", () => run(at));
    return line;
  }));
  if (!offer.shown.length) list.replaceChildren(Object.assign(document.createElement("li"), { textContent: "Nothing has that in its name" }));
  mark(0);
}

function mark(at) {
  offer.at = Math.max(0, Math.min(offer.shown.length - 1, at));
  [...list.children].forEach((line, number) => line.setAttribute("aria-selected", offer.shown.length > 0 && number === offer.at));
  command.setAttribute("aria-activedescendant", offer.shown.length ? "command-" + offer.at : "");
  list.children[offer.at]?.scrollIntoView({ block: "nearest" });
}

function run(at) {
  palette.close();
  offer.shown[at]?.run();
}

command.addEventListener("input", offer);
command.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") mark(offer.at + 1);
  else if (event.key === "ArrowUp") mark(offer.at - 1);
  else if (event.key === "Enter") run(offer.at);
  else return;
  event.preventDefault();
});

// ---- What comes back
document.body.addEventListener("htmx:beforeRequest", (event) => event.detail.target.id === "sheet" && remember(event.detail.elt.closest(".card") || card()));
document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (event.target.id === "found") looking = card()?.dataset.article;
});
document.body.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "found") {
    draggablePool();
    if (looking) focus(candidates().find((one) => one.dataset.article === looking) || candidates()[0]);
  }
  if (event.target.id !== "board") return;
  requestIdleCallback(draggable, { timeout: 500 });
  if (!typesIn(document.activeElement)) recall();
  clearTimeout(renewPool.timer);
  renewPool.timer = setTimeout(renewPool, 1000);
});

// The pool is asked anew when the preview beside the board is there: the server makes one after the other.
function renewPool() {
  if (!renewPool.timer) return;
  clearTimeout(renewPool.timer);
  renewPool.timer = 0;
  htmx.trigger("#filters", "change");
}
document.addEventListener("digest:previewed", renewPool);
document.body.addEventListener("htmx:responseError", (event) => {
  const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  say([...page.querySelectorAll("main p")].map((one) => one.textContent).join(" ") || "That did not work");
});
document.body.addEventListener("htmx:sendError", () => say("The desk does not answer. Your last edit is not saved."));

// ---- Another editor: the board follows, and says so.
setInterval(async () => {
  if (document.hidden || document.querySelector(".sortable-chosen")) return;
  const answer = await fetch(home + "/version").catch(() => null);
  if (!answer?.ok) return;
  const { version } = await answer.json();
  if (version > Number(board().dataset.version)) {
    await htmx.ajax("GET", home, { target: "#board", swap: "outerHTML" });
    const last = board().querySelector(".history li");
    say(last ? last.textContent.trim().replace(/\s+/g, " ") : "The issue was changed");
  }
}, 2000);

draggable();
draggablePool();

// ---- The sheet: a story's words or a line of the issue, over the board.
const box = document.getElementById("sheet-box");

document.body.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "sheet" && !box.open) box.showModal();
  if (event.target.id === "board" && box.open) box.close();
});
box.addEventListener("input", (event) => count(event.target));
box.addEventListener("click", (event) => {
  const take = event.target.closest(".take");
  if (take) {
    const into = document.getElementById(take.dataset.for || "teaser");
    into.value = take.dataset.text;
    into.dispatchEvent(new Event("input", { bubbles: true }));
    into.focus();
  } else if (event.target.closest(".cancel")) {
    event.preventDefault();
    box.close();
  }
});
box.addEventListener("close", () => {
  document.getElementById("sheet").replaceChildren(); // what waits to be asked about these words is not asked any more
  recall();
});
box.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") box.querySelector("form").requestSubmit();
});

function count(field) {
  const output = box.querySelector(`output[for="${field.id}"]`);
  if (!output) return;
  output.textContent = field.value.length;
  output.parentElement.classList.toggle("over", field.value.length > Number(field.dataset.most));
}
