// Light or dark as chosen in the admin, whose switch keeps the choice, or else as the reader's system is.
"use strict";

(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const paint = () => {
    const chosen = (localStorage.getItem("adminTheme") ?? "auto").replaceAll('"', "");
    document.documentElement.classList.toggle("dark", chosen === "dark" || (chosen === "auto" && system.matches));
  };
  paint();
  system.addEventListener("change", paint);
  addEventListener("storage", paint);
})();
