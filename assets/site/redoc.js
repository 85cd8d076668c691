"use strict";
/* A file of its own, because the content security policy allows no script inside a page. */

/* ReDoc shows its maker's logo from a foreign address; here nothing is asked of foreign addresses. */
const isForeign = (url) => /^https?:/.test(url) && new URL(url).origin !== window.location.origin;
const images = HTMLImageElement.prototype;
const src = Object.getOwnPropertyDescriptor(images, "src");
const setAttribute = images.setAttribute;
Object.defineProperty(images, "src", {
  ...src,
  set(url) {
    if (!isForeign(url)) src.set.call(this, url);
  },
});
images.setAttribute = function (name, value) {
  if (name !== "src" || !isForeign(value)) setAttribute.call(this, name, value);
};

/* ReDoc writes its styles into elements that it makes while it runs: they carry the nonce of the page. */
const { nonce } = document.currentScript;
const createElement = document.createElement;
document.createElement = function (name, options) {
  const made = createElement.call(this, name, options);
  if (name === "style") made.nonce = nonce;
  return made;
};

const DARK = {
  colors: {
    primary: { main: "#b794f6" },
    text: { primary: "#e8ebf2", secondary: "#a3adc0" },
    border: { dark: "#2e3644", light: "#2e3644" },
    gray: { 50: "#1b202b", 100: "#2e3644" },
    success: { main: "#7bc77f" },
    error: { main: "#f28b82" },
    responses: {
      success: { backgroundColor: "#16281b", tabTextColor: "#7bc77f" },
      error: { backgroundColor: "#321c1f", tabTextColor: "#f28b82" },
    },
  },
  schema: { linesColor: "#4a5468", nestedBackground: "#1b202b", typeNameColor: "#a3adc0", typeTitleColor: "#a3adc0" },
  sidebar: { backgroundColor: "#1b202b", textColor: "#e8ebf2" },
  rightPanel: { backgroundColor: "#0c0f15" },
  typography: { code: { color: "#e3b7ff", backgroundColor: "#1b202b" }, links: { color: "#b794f6" } },
};

window.addEventListener("load", () => {
  const place = document.getElementById("redoc");
  const theme = window.matchMedia("(prefers-color-scheme: dark)").matches ? DARK : { colors: { primary: { main: "#6d28d9" } } };
  window.Redoc.init(place.dataset.schema, { hideLoading: true, nativeScrollbars: true, theme }, place);
});
