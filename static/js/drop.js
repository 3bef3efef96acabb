// Files dropped on a zone are chosen in its field, as if by hand; without a script the field itself takes them.
for (const zone of document.querySelectorAll("[data-drop]")) {
  const field = zone.querySelector("input[type=file]");
  const named = zone.querySelector("[data-chosen]");
  const name = () => {
    named.textContent = [...field.files].map((file) => file.name).join(", ");
  };
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    field.files = event.dataTransfer.files;
    name();
  });
  field.addEventListener("change", name);
}
