// Shows the preview anew when a template or the configuration has changed. What cannot be shown leaves the old one.
const live = document.getElementById("live");
const changes = new EventSource("/editor/changes?seen=" + document.getElementById("room").dataset.files);
let lost = false;

function say(text, state) {
  live.textContent = text;
  live.className = state;
}

changes.addEventListener("changed", () => {
  htmx.ajax("GET", location.href, { target: "#desk", select: "#desk", swap: "outerHTML" });
});
changes.addEventListener("refused", (event) => say(event.data, "refused"));
changes.addEventListener("error", () => {
  lost = true;
  say("The preview server does not answer", "refused");
});
changes.addEventListener("open", () => lost && location.reload());

let read = 0;
document.body.addEventListener("htmx:beforeSwap", () => { read = document.getElementById("board").scrollTop; });
document.body.addEventListener("htmx:afterSettle", () => {
  document.getElementById("board").scrollTop = read;
  say("Updated " + new Date().toLocaleTimeString(), "");
});
document.body.addEventListener("htmx:responseError", (event) => {
  const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  say([...page.querySelectorAll("main p")].map((p) => p.textContent).join("\n"), "refused");
});
