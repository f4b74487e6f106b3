// Loads the preview anew when a template or the configuration has changed.
const live = document.getElementById("live");
const mail = document.getElementById("mail");
const changes = new EventSource("/editor/changes");
changes.addEventListener("changed", () => {
  live.textContent = "Updated " + new Date().toLocaleTimeString();
  live.className = "";
  if (mail) mail.src = mail.src;
});
changes.addEventListener("refused", (event) => {
  live.textContent = event.data;
  live.className = "refused";
});
