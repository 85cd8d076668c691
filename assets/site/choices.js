// Select2 names neither its box nor the field that one types into: both get the name of the label that people see.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  if (typeof django === "undefined" || !django.jQuery?.fn.select2) return;
  const name = (select) => {
    const label = select.labels?.[0] ?? document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
    const box = select.nextElementSibling;
    if (!label || !box?.classList.contains("select2")) return;
    const text = label.textContent.replace("*", "").trim();
    for (const part of box.querySelectorAll("[role=combobox], [role=textbox], input")) {
      part.removeAttribute("aria-labelledby");
      part.setAttribute("aria-label", text);
    }
    // A list with something else in it than its lines is none.
    box.querySelector("ul")?.setAttribute("role", "presentation");
  };
  // Unfold's own handler, which makes the boxes, may still be waiting.
  django.jQuery(() => {
    setTimeout(() => {
      for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
        name(select);
        django.jQuery(select).on("change", () => name(select));
      }
    });
  });
});

// Django draws the magnifying glass over a list of choices by an element that may not have the name that it gets: it is
// the picture that it looks like.
window.addEventListener("load", () => {
  // Django's own handler, which draws them, may still be waiting.
  setTimeout(() => {
    for (const glass of document.querySelectorAll(".selector .search-label-icon[aria-label]")) {
      glass.setAttribute("role", "img");
    }
  });
});
