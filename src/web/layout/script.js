// Improves the forms, which work without it: a file field in a drop zone takes dropped files, and names those that are too large.
for (const zone of document.querySelectorAll("[data-drop]")) {
  const field = zone.querySelector("input[type=file]");
  const chosen = zone.querySelector("[data-chosen]");
  const most = Number(zone.dataset.drop);
  const say = () => {
    const files = [...field.files];
    const large = files.filter((file) => file.size > most).map((file) => file.name);
    const names = files.length > 3 ? `${files.length} files` : files.map((file) => file.name).join(", ");
    const hint = field.multiple ? "Or drop files here." : "Or drop a file here.";
    chosen.textContent = large.length > 0 ? `Too large: ${large.join(", ")}` : files.length > 0 ? `Chosen: ${names}` : hint;
  };
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    const files = [...event.dataTransfer.files];
    if (files.length === 0) return;
    const taken = new DataTransfer();
    for (const file of field.multiple ? files : files.slice(0, 1)) taken.items.add(file);
    field.files = taken.files;
    say();
  });
  field.addEventListener("change", say);
  say();
}
// A file dropped beside a zone must not replace the page.
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => event.preventDefault());
