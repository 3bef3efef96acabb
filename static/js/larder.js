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
// A button that copies stays hidden where there is no script; the text beside it can be selected as ever.
for (const button of document.querySelectorAll("[data-copy]")) {
  const text = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(text);
    }
  });
}
