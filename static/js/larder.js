// What htmx leaves silent: an action that got no answer says so.
for (const failure of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(failure, () => {
    document.getElementById("trouble").hidden = false;
  });
}
// It comes after every answer, the one that failed included.
document.addEventListener("htmx:afterOnLoad", (event) => {
  if (event.detail.successful) document.getElementById("trouble").hidden = true;
});
// A button that copies stays hidden where there is no script; the text it names can be selected as ever.
function reveal(root) {
  for (const button of root.querySelectorAll("[data-copy]")) button.hidden = false;
}
reveal(document);
document.addEventListener("htmx:load", (event) => reveal(event.detail.elt));
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const text = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(text.textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(text);
  }
});
