// A tile that was refreshed: its charts are drawn, and whoever listens is told.
"use strict";

(() => {
  const say = (text) => {
    document.getElementById("tiles-said").textContent = text;
  };
  const titleOf = (event) => event.detail.target?.dataset.title;

  document.addEventListener("htmx:afterSwap", (event) => {
    const tile = event.detail.elt;
    if (!tile.classList.contains("tile")) return;
    if (tile.querySelector(".chart")) {
      // Unfold draws every canvas of this class; the ones that are drawn already must not be taken again.
      document.querySelectorAll("canvas.chart").forEach((canvas) => {
        if (Chart.getChart(canvas)) canvas.classList.remove("chart");
      });
      renderCharts();
    }
    // Nobody asked for what refreshes itself.
    if (event.detail.requestConfig?.elt.matches(".tile-refresh")) say(`${tile.dataset.title}: refreshed.`);
  });

  for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(failure, (event) => {
      const title = titleOf(event);
      if (!title) return;
      const at = event.detail.target.querySelector(".tile-at");
      at.textContent = "could not be refreshed";
      say(`${title} could not be refreshed.`);
    });
  }
})();
