"use strict";
/* A file of its own, because the content security policy allows no script inside a page. */
window.addEventListener("load", () => {
  const place = document.getElementById("redoc");
  window.Redoc.init(place.dataset.schema, { disableSearch: false, hideLoading: true, nativeScrollbars: true }, place);
});
