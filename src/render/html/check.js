"use strict";
// The page is complete without this script. It adds: recounting, selection, keys, notes, and a saved copy.
(() => {
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector, within = document) => within.querySelector(selector);
  const REASONS = ["", "Boilerplate", "Bibliography", "Quotations", "Citations", "Own work", "Common text", "Short passages"];
  const DECISIONS = ["No decision", "No concern", "To discuss", "Concern"];
  const atoms = all("#text [data-w]");
  const links = all("#text a.n");
  const articles = all("article[data-c]");
  const summary = one("#summary");
  const state = Object.assign({ notes: {}, off: [], hidden: false }, JSON.parse(one("#state").textContent));
  const title = document.title;

  // Elements that the script adds are marked, so that a saved copy leaves them out.
  const make = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };
  const added = (name, properties, ...children) => {
    const element = make(name, properties, ...children);
    element.dataset.js = "";
    return element;
  };

  // Recounting: sums of the words of the marked text.
  const number = (count) => count.toLocaleString("en-US");
  const percent = (words, of) => {
    const exact = of ? (100 * words) / of : 0;
    return (words === 0 || words === of ? exact : Math.min(99.9, Math.max(0.1, exact))).toFixed(1) + " %";
  };
  const words = (atom) => Number(atom.dataset.w);
  const kinds = [...new Set(atoms.map((atom) => atom.dataset.x).filter(Boolean))].sort();
  const isCounted = (atom, off) => {
    const { k, x } = atom.dataset;
    if (k === "c") return true;
    if (x) return off.has(x) && (k === "h" || x === "5" || x === "7");
    // Too few words between boilerplate and own work: they count when neither is taken out.
    return k === "h" && ["1", "5"].every((kind) => off.has(kind) || !kinds.includes(kind)) && (off.has("1") || off.has("5"));
  };
  const sum = (list) => list.reduce((total, atom) => total + words(atom), 0);
  const covered = (section) => {
    const ranges = all("article[data-c]", section).flatMap((article) => article.dataset.c.split(" ")).filter(Boolean);
    const found = new Set();
    for (const range of ranges) {
      const [start, end] = range.split("-").map(Number);
      for (let place = start; place < end; place += 1) found.add(atoms[place]);
    }
    return [...found];
  };
  const count = (off) => {
    const excluded = atoms.filter((atom) => atom.dataset.x && !off.has(atom.dataset.x));
    return {
      words: sum(atoms.filter((atom) => isCounted(atom, off))),
      of: Number(summary.dataset.words) - Number(summary.dataset.few) - sum(excluded),
    };
  };
  const first = all("#pct, #num, #den, .card .n1, .card .n2").map((element) => [element, element.textContent]);
  const recount = () => {
    const off = new Set(state.off);
    first.forEach(([element, text]) => (element.textContent = text));
    if (!one("#pct")) return;
    const { words: counted, of } = count(off);
    if (off.size) {
      one("#pct").textContent = percent(counted, of);
      one("#num").textContent = number(counted);
      one("#den").textContent = number(of);
      for (const card of all(".card")) {
        const own = sum(covered(one("#s" + card.dataset.s).parentElement).filter((atom) => isCounted(atom, off)));
        one(".n1", card).textContent = percent(own, of);
        one(".n2", card).textContent = number(own);
      }
    }
    output.textContent = `${one("#pct").textContent} covered: ${number(counted)} of ${number(of)} words`;
  };

  // Selection of a source, and the keys for its passages.
  let source = "";
  let place = -1;
  const select = (value) => {
    source = value;
    place = -1;
    root.classList.toggle("picked", value !== "");
    atoms.forEach((atom) => atom.classList.remove("sel"));
    if (value) covered(one("#s" + value).parentElement).forEach((atom) => atom.classList.add("sel"));
    links.forEach((link) => link.classList.toggle("sel", link.textContent === value));
  };
  const go = (step) => {
    const list = source ? links.filter((link) => link.textContent === source) : links;
    if (!list.length) return;
    place = place < 0 ? (step > 0 ? 0 : list.length - 1) : (place + step + list.length) % list.length;
    const link = list[place];
    link.scrollIntoView({ block: "center" });
    link.focus({ preventScroll: true });
    where.textContent = `Passage ${place + 1} of ${list.length}`;
  };
  document.addEventListener("keydown", (event) => {
    const isTyping = /^(input|select|textarea)$/i.test(event.target.tagName);
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || !keys.checked) return;
    if (event.key === "n") go(1);
    if (event.key === "p") go(-1);
  });

  const hide = (isHidden) => {
    state.hidden = isHidden;
    root.classList.toggle("hide-names", isHidden);
    document.title = isHidden ? one("title").dataset.kind : title;
  };

  // Notes and decisions, made when a passage is first seen.
  const review = (article) => {
    const own = () => (state.notes[article.id] ||= { decision: 0, note: "" });
    const { decision = 0, note = "" } = state.notes[article.id] || {};
    const choice = make("select", { onchange: () => (own().decision = choice.selectedIndex) });
    DECISIONS.forEach((text) => choice.append(make("option", { textContent: text })));
    choice.selectedIndex = decision;
    const area = make("textarea", { value: note, rows: 1, oninput: () => (own().note = area.value) });
    all(".saved", article).forEach((saved) => saved.remove());
    article.append(added("div", { className: "review" }, make("label", {}, "Decision ", choice), make("label", {}, "Note ", area)));
  };
  const together = (panes) => {
    let leader = null;
    panes.forEach((pane) => pane.classList.add("pane"));
    for (const pane of panes) {
      if (pane.scrollHeight <= pane.clientHeight) continue;
      pane.tabIndex = 0;
      pane.setAttribute("role", "region");
      pane.setAttribute("aria-label", one("h5", pane.parentElement).textContent);
      pane.addEventListener("scroll", () => {
        if (leader && leader !== pane) return;
        leader = pane;
        const share = pane.scrollTop / (pane.scrollHeight - pane.clientHeight);
        panes.filter((other) => other !== pane).forEach((other) => (other.scrollTop = share * (other.scrollHeight - other.clientHeight)));
        requestAnimationFrame(() => requestAnimationFrame(() => (leader = null)));
      });
    }
  };
  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      review(target);
      together(all(".two .t", target));
    }
  }, { rootMargin: "200px" });

  // A copy of the file with its notes. The script and the style are unchanged, so its policy holds.
  const copy = () => {
    const off = state.off;
    state.off = [];
    recount();
    const page = root.cloneNode(true);
    state.off = off;
    recount();
    all("[data-js]", page).forEach((element) => element.remove());
    all(".sel", page).forEach((element) => element.classList.remove("sel"));
    all(".pane", page).forEach((pane) => pane.classList.remove("pane"));
    all(".two .t", page).forEach((pane) => ["tabindex", "role", "aria-label"].forEach((name) => pane.removeAttribute(name)));
    page.className = state.hidden ? "hide-names" : "";
    if (state.hidden) all(".name", page).forEach((element) => element.remove());
    for (const [id, { decision, note }] of Object.entries(state.notes)) {
      const article = page.querySelector("#" + CSS.escape(id));
      if (!article) continue;
      all(".saved", article).forEach((saved) => saved.remove());
      if (decision || note) article.append(make("p", { className: "saved", textContent: `${DECISIONS[decision]}. ${note}` }));
    }
    const escape = (character) => "\\u" + character.charCodeAt(0).toString(16).padStart(4, "0");
    one("#state", page).textContent = JSON.stringify(state).replace(/[<>&\u2028\u2029]/g, escape);
    return "<!DOCTYPE html>\n" + page.outerHTML + "\n";
  };
  const save = () => {
    const href = URL.createObjectURL(new Blob([copy()], { type: "text/html" }));
    const name = document.title.replace(/[^\p{L}\p{N}.-]+/gu, "-").slice(0, 80) + "-reviewed.html";
    make("a", { href, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(href), 1000);
  };

  // The tools.
  const box = (text, isChecked, change) => {
    const input = make("input", { type: "checkbox", checked: isChecked, onchange: () => change(input.checked) });
    return make("label", {}, input, " " + text);
  };
  const output = make("output");
  const where = make("span", { className: "facts" });
  where.setAttribute("role", "status");
  const keys = make("input", { type: "checkbox", checked: true });
  const picker = make("select", { onchange: () => select(picker.value) }, make("option", { value: "", textContent: "All sources" }));
  for (const card of all(".card")) picker.append(make("option", { value: card.dataset.s, textContent: "Source " + card.dataset.s }));
  const tools = added("div", { className: "tools" });
  tools.setAttribute("role", "region");
  tools.setAttribute("aria-label", "Tools");
  if (links.length) {
    tools.append(
      make("label", {}, "Show ", picker),
      make("button", { type: "button", textContent: "Previous", onclick: () => go(-1) }),
      make("button", { type: "button", textContent: "Next", onclick: () => go(1) }),
      make("label", {}, keys, " Keys n and p"),
      where,
    );
  }
  if (kinds.length) {
    const boxes = kinds.map((kind) =>
      box(REASONS[kind] || "Other", !state.off.includes(kind), (isOn) => {
        state.off = isOn ? state.off.filter((other) => other !== kind) : [...state.off, kind].sort();
        root.classList.toggle("off-" + kind, !isOn);
        recount();
      }),
    );
    tools.append(make("fieldset", {}, make("legend", { textContent: "Exclude" }), ...boxes, output));
    state.off.forEach((kind) => root.classList.add("off-" + kind));
  }
  tools.append(box("Hide names", state.hidden, hide), make("button", { type: "button", textContent: "Save a copy", onclick: save }));
  one("#text h2").after(tools);
  root.classList.add("js");
  if (state.hidden) hide(true);
  recount();
  articles.forEach((article) => seen.observe(article));
})();
