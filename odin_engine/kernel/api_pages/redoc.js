// Starts ReDoc on the document beside this page.
//
// ReDoc writes its styles at run time. The page's policy forbids that, except for
// elements with the nonce of this very page: each style element it makes gets it.
const { styleNonce } = document.currentScript.dataset;
const createElement = document.createElement.bind(document);

document.createElement = (name, options) => {
  const element = createElement(name, options);
  if (name === "style") element.nonce = styleNonce;
  return element;
};

document.addEventListener("DOMContentLoaded", () => {
  Redoc.init("openapi.json", {}, document.getElementById("api"));
});
