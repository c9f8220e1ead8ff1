// What is said of the house on several cards: times, names of devices, one large number.

import { html } from "../vendor/preact.js";
import { number } from "../language.js";

const EPOCH = 946_684_800;

/** Return seconds since 1970 of a record's seconds since 2000. */
export const fromZigbee = (seconds) => seconds + EPOCH;

/** Return seconds since 2000 of seconds since 1970. */
export const toZigbee = (seconds) => Math.max(Math.floor(seconds) - EPOCH, 1);

/** Return seconds since 1970 of ISO 8601, as topics have it; null for none. */
export const fromIso = (text) => (text ? Date.parse(text) / 1000 : null);

/** Return the name of a device by its topics: `id` is its address as topics have it. */
export function nameOf(values, id) {
  const device = values.get(`device/${id}`);
  return device?.name || device?.model?.match(/\((.+)\)$/)?.[1] || id.match(/../g).join(":");
}

/** A large number with its unit, and words behind it; a dash where it is not known. */
export function Figure({ value, unit, digits = 3, children }) {
  const isKnown = typeof value === "number";
  return html`<p><span class="number">${number(value, digits)}${isKnown && unit && html` <small>${unit}</small>`}</span> ${children}</p>`;
}
