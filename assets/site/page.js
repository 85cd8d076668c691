// What of the page is open, on a screen, on a phone and on paper; and the filters, where one types a part of a name.
"use strict";

(() => {
  const MOST = 30;
  const narrow = matchMedia("(max-width: 44rem)");
  const paper = matchMedia("print");
  const classes = document.documentElement.classList;
  // As the page's own search has it: without case, accents and marks.
  const plain = (text) => text.normalize("NFKD").replace(/[\p{M}\p{Cf}]/gu, "").toLowerCase().trim();

  const isOpen = (details) => !details.matches(".behind") && !narrow.matches;

  // Where an address or a link leads to a part of the page that is folded, it is opened.
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    const details = target.closest("details") ?? target.querySelector("details.fold");
    if (!details) return;
    details.open = true;
    target.scrollIntoView();
  };

  const fold = () => {
    const parts = [...document.querySelectorAll("details.fold, details.behind")];
    for (const details of parts) Object.assign(details, { open: isOpen(details) }).dataset.ready = "";
    narrow.addEventListener("change", () => {
      if (!classes.contains("paper")) for (const details of parts) details.open = isOpen(details);
    });
    // On paper it is light, and everything is open: before the browser counts pages. Charts look for the class.
    let [before, wasDark] = [[], false];
    const toPaper = (isPaper) => {
      if (classes.contains("paper") === isPaper) return;
      if (isPaper) [before, wasDark] = [parts.map(({ open }) => open), classes.contains("dark")];
      parts.forEach((details, number) => Object.assign(details, { open: isPaper || before[number] }));
      classes.toggle("paper", isPaper);
      classes.toggle("dark", !isPaper && wasDark);
    };
    addEventListener("beforeprint", () => toPaper(true));
    addEventListener("afterprint", () => toPaper(false));
    paper.addEventListener("change", () => toPaper(paper.matches));
    addEventListener("hashchange", reveal);
    reveal();
  };

  const box = (name, value) => {
    const [line, label, input] = ["li", "label", "input"].map((tag) => document.createElement(tag));
    Object.assign(input, { type: "checkbox", name, value });
    label.append(input, value);
    line.append(label);
    return line;
  };

  // What is ticked stays; the others are those of whose names the text is a part.
  const search = (field, none) => {
    const list = field.closest("fieldset").querySelector("ul");
    const names = JSON.parse(document.getElementById(field.dataset.names).textContent);
    const first = [...list.children];
    const show = () => {
      const asked = plain(field.value);
      const kept = [...list.children].filter((line) => line.querySelector(":checked"));
      const valueOf = (line) => line.querySelector("input").value;
      const ticked = new Set(kept.map(valueOf));
      const found = names.filter((name) => plain(name).includes(asked) && !ticked.has(name)).slice(0, MOST);
      const rest = asked ? found.map((name) => box(field.name, name)) : first.filter((line) => !ticked.has(valueOf(line)));
      list.replaceChildren(...kept, ...rest);
      list.dataset.none = asked && !found.length ? none : "";
      return rest;
    };
    const take = () => {
      const [line] = field.value ? show() : [];
      if (line) line.querySelector("input").checked = true;
      field.value = "";
      show();
      list.dispatchEvent(new Event("change", { bubbles: true }));
    };
    field.addEventListener("input", show);
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !field.value) return;
      event.preventDefault();
      take();
    });
    field.form.addEventListener("submit", take);
  };

  const filters = (form, { noMatch }) => {
    for (const field of form.querySelectorAll("input[data-names]")) search(field, noMatch);
    const close = () => {
      for (const details of form.querySelectorAll("details[open]")) details.open = false;
    };
    document.addEventListener("click", ({ target }) => form.contains(target) || close());
    form.addEventListener("keydown", (event) => {
      const details = event.target.closest(".choice[open]");
      if (event.key !== "Escape" || !details) return;
      details.open = false;
      details.querySelector("summary").focus();
    });
    for (const details of form.querySelectorAll(".choice")) {
      const [chosen, any] = [details.querySelector(".choice-values"), details.dataset.any];
      details.addEventListener("change", () => {
        const labels = [...details.querySelectorAll(":checked")].map((one) => one.parentElement.textContent);
        chosen.textContent = labels.join(" / ") || any;
      });
    }
  };

  document.addEventListener("DOMContentLoaded", () => {
    const form = document.querySelector("form.filters");
    if (form) filters(form, JSON.parse(document.getElementById("texts").textContent));
    for (const button of document.querySelectorAll("[data-print]")) Object.assign(button, { hidden: false, onclick: () => print() });
    fold();
  });
})();
