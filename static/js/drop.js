// Files dropped anywhere on the page are chosen in its field, as if by hand; without a script the field itself takes them.
const zone = document.querySelector("[data-drop]");
if (zone) {
  const field = zone.querySelector("input[type=file]");
  const named = zone.querySelector("[data-chosen]");
  const { mostFiles, mostBytes, mostShown } = zone.dataset;

  const trouble = (files, folder) => {
    if (folder) return "A folder cannot be dropped here: manage.py ingest takes whole ones.";
    if (files.length > mostFiles) return `${files.length} files; at most ${mostFiles} go at once. manage.py ingest takes whole folders.`;
    if (files.reduce((sum, file) => sum + file.size, 0) > mostBytes) return `More than ${mostShown} together; upload a few at a time.`;
    return "";
  };
  const name = (folder = false) => {
    const files = [...field.files];
    const refused = trouble(files, folder);
    if (refused) field.value = "";
    named.textContent = refused || files.map((file) => file.name).join(", ");
    named.className = refused ? "error" : "help";
  };
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");

  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    zone.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) zone.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    zone.classList.remove("over");
    const folder = [...event.dataTransfer.items].some((item) => item.webkitGetAsEntry()?.isDirectory);
    field.files = event.dataTransfer.files;
    name(folder);
    zone.scrollIntoView({ block: "nearest" });
  });
  field.addEventListener("change", () => name());
}
