"use strict";
// The page is complete without this script. It adds: sorting, filters, and hidden names.
(() => {
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector, within = document) => within.querySelector(selector);
  const title = document.title;
  const make = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };
  const tools = make("div", { className: "tools" });
  tools.setAttribute("role", "region");
  tools.setAttribute("aria-label", "Tools");

  const hide = make("input", { type: "checkbox", onchange: () => {
    root.classList.toggle("hide-names", hide.checked);
    document.title = hide.checked ? one("title").dataset.kind : title;
  } });
  const table = one("table.pairs");
  if (table) {
    const body = one("tbody", table);
    const rows = all("tr", body).map((row) => {
      const cells = [...row.cells].map((cell) => cell.textContent.trim());
      const names = [...row.cells].map((cell) => (one(".name", cell) || cell).textContent.trim());
      return { row, cells, names, text: cells.join(" ").toLowerCase(), most: Math.max(parseFloat(cells[2]), parseFloat(cells[4])) };
    });
    // Sorting: numbers as numbers, and texts by the habits of the reader's language.
    const shown = (row, column) => value((hide.checked ? row.cells : row.names)[column]);
    const value = (cell) => (/^[\d.,]+( %.*)?$/.test(cell) ? parseFloat(cell.replace(/,/g, "")) : cell);
    const order = new Intl.Collator(undefined, { numeric: true });
    const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : order.compare(a, b));
    let sorted = { column: 0, way: 1 };
    const sort = (column) => {
      const isNumber = rows.length > 0 && typeof shown(rows[0], column) === "number";
      const way = sorted.column === column ? -sorted.way : isNumber && column > 0 ? -1 : 1;
      sorted = { column, way };
      rows.sort((a, b) => way * compare(shown(a, column), shown(b, column)));
      body.append(...rows.map(({ row }) => row));
      all("thead th", table).forEach((head, place) => {
        if (place === column) head.setAttribute("aria-sort", way > 0 ? "ascending" : "descending");
        else head.removeAttribute("aria-sort");
      });
    };
    all("thead th", table).forEach((head, column) => {
      const button = make("button", { type: "button", textContent: head.textContent, onclick: () => sort(column) });
      head.replaceChildren(button);
    });
    const search = make("input", { type: "search", oninput: () => filter() });
    const least = make("input", { type: "number", min: 0, max: 100, step: 5, value: 0, oninput: () => filter() });
    const cluster = make("select", { onchange: () => filter() }, make("option", { value: "", textContent: "All" }));
    const numbers = [...new Set(rows.map(({ cells }) => cells[6]).filter(Boolean))].sort((a, b) => a - b);
    numbers.forEach((number) => cluster.append(make("option", { value: number, textContent: number })));
    const output = make("output");
    const filter = () => {
      const wanted = search.value.trim().toLowerCase();
      let shown = 0;
      for (const { row, cells, text, most } of rows) {
        row.hidden = !text.includes(wanted) || most < Number(least.value) || (cluster.value !== "" && cells[6] !== cluster.value);
        if (!row.hidden) shown += 1;
      }
      output.textContent = `${shown} of ${rows.length} pairs`;
    };
    tools.append(
      make("label", {}, "Find ", search),
      make("label", {}, "Covered from ", least, " %"),
      make("label", {}, "Cluster ", cluster),
      output,
    );
    filter();
  }
  tools.append(make("label", {}, hide, " Hide names"));
  one("#pairs h2").after(tools);
  root.classList.add("js");
})();
