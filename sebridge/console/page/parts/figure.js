// One number that is to be seen at once.

import { html } from "../vendor/preact.js";
import { number } from "../language.js";

/** A large number with its unit, and words behind it; a dash where it is not known. */
export function Figure({ value, unit, digits = 3, children }) {
  const isKnown = typeof value === "number";
  return html`<p><span class="number">${number(value, digits)}${isKnown && unit && html` <small>${unit}</small>`}</span> ${children}</p>`;
}
