// What htmx leaves silent: an action that got no answer says so.
for (const failure of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(failure, () => {
    document.getElementById("trouble").hidden = false;
  });
}
document.addEventListener("htmx:afterOnLoad", () => {
  document.getElementById("trouble").hidden = true;
});
