"use strict";
const $ = id => document.getElementById(id);

function el(tag, set = {}, ...inside) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(set)) {
    if (k in e) e[k] = v; else e.setAttribute(k, v);
  }
  e.append(...inside.filter(x => x != null));
  return e;
}
