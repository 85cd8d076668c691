// A tile that was refreshed, or could not be: whoever listens is told.
"use strict";

(() => {
  const say = (text) => {
    document.getElementById("tiles-status").textContent = text;
  };

  document.addEventListener("htmx:afterSwap", (event) => {
    // Nobody asked for what refreshes itself.
    if (event.detail.requestConfig?.elt.matches(".tile-refresh")) say(`${event.detail.elt.dataset.title}: refreshed.`);
  });

  for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(failure, ({ detail: { target } }) => {
      if (!target?.dataset.title) return;
      target.querySelector(".tile-at").textContent = "could not be refreshed";
      say(`${target.dataset.title} could not be refreshed.`);
    });
  }
})();
