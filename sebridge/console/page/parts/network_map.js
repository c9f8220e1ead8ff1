// A map of the network: the coordinator in the middle, the others on a ring for each hop from it.

import { html, useState } from "../vendor/preact.js";
import { translated } from "../language.js";
import { link } from "../link.js";
import { Action } from "./action.js";

const t = await translated("parts/network_map");

const RING = 110; // units of the drawing from one ring to the next
const EDGE = 55; // room around, for names
const LONGEST = 18; // characters of a name in the drawing
const WIDE = ["Kind", "Sends by it to"]; // columns for which a phone has no room
const WEAK = 80; // LQI below which a link is drawn as a weak one

const neighbours = (links, address) => links.flatMap((one) => one.from_address === address ? [one.to_address]
  : one.to_address === address ? [one.from_address] : []);

/**
 * Return each device's place, by its address: `{ hops, x, y, by }`, where `by` is the device on the
 * ring within. Who is reached by nobody is on a ring of its own, outside of the others, without `hops`.
 */
export function layout({ nodes, links }) {
  const middle = nodes.find((one) => one.kind === "coordinator") ?? nodes[0];
  const places = new Map([[middle.address, { hops: 0 }]]);
  const rings = [[middle.address]];
  for (let hops = 1; rings.at(-1).length > 0; hops += 1) {
    rings.push([]);
    for (const address of rings[hops - 1]) {
      for (const other of neighbours(links, address)) {
        if (places.has(other)) continue;
        places.set(other, { hops, by: address });
        rings[hops].push(other);
      }
    }
  }
  rings[rings.length - 1] = nodes.map((one) => one.address).filter((one) => !places.has(one));
  let radius = 0;
  rings.forEach((ring, number) => {
    if (number > 0) radius = Math.max(radius + RING, (RING * ring.length) / 10); // so that names have room
    ring.forEach((address, place) => {
      const angle = 2 * Math.PI * (place / ring.length + number / 12) - Math.PI / 2;
      places.set(address, { ...places.get(address), x: radius * Math.cos(angle), y: radius * Math.sin(angle) });
    });
  });
  return places;
}

const short = (name) => name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name;

function Drawing({ told, places }) {
  const reach = Math.max(RING, ...[...places.values()].map(({ x, y }) => Math.hypot(x, y))) + EDGE;
  const lines = told.links.filter((one) => one.lqi !== null || one.routes.length > 0);
  const isTree = (one) => places.get(one.from_address).by === one.to_address || places.get(one.to_address).by === one.from_address;
  return html`<svg class="map" viewBox="${-reach} ${-reach} ${2 * reach} ${2 * reach}" role="img"
    aria-label=${t("{devices} devices and {links} links; the table below says the same.", { devices: told.nodes.length, links: told.links.length })}>
    ${lines.map((one) => {
      const [from, to] = [places.get(one.from_address), places.get(one.to_address)];
      return html`<line class="${isTree(one) ? "near" : ""} ${one.lqi !== null && one.lqi < WEAK ? "weak" : ""}" x1=${from.x} y1=${from.y} x2=${to.x} y2=${to.y} />`;
    })}
    ${told.nodes.map((one) => {
      const { x, y } = places.get(one.address);
      return html`<g class=${one.kind.replace(" ", "-")} transform="translate(${x} ${y})"><title>${one.name}</title>
        <circle r=${one.kind === "coordinator" ? 12 : 8} /><text y="24">${short(one.name)}</text></g>`;
    })}
  </svg>`;
}

function Table({ told, places }) {
  const names = new Map(told.nodes.map((one) => [one.address, one.name]));
  const shorts = new Map(told.nodes.map((one) => [one.short, one.name]));
  const heard = (address) => told.links.filter((one) => one.from_address === address);
  return html`<div class="scroll" tabindex="0"><table>
    <thead><tr>${["Device", "Kind", "Hops", "Hears", "Sends by it to"].map((one) => html`<th scope="col" class=${WIDE.includes(one) ? "wide-only" : ""}>${t(one)}</th>`)}</tr></thead>
    <tbody>${told.nodes.map((one) => html`<tr key=${one.address}>
      <td class="name">${one.name}</td><td class="wide-only">${t(one.kind)}</td><td>${places.get(one.address).hops ?? t("nobody tells of it")}</td>
      <td>${heard(one.address).map((other) => `${names.get(other.to_address)} (LQI ${other.lqi ?? "–"})`).join(", ") || "–"}</td>
      <td class="wide-only">${heard(one.address).filter((other) => other.routes.length > 0)
        .map((other) => `${names.get(other.to_address)}: ${other.routes.map((to) => shorts.get(to) ?? `0x${to}`).join(", ")}`).join("; ") || "–"}</td>
    </tr>`)}</tbody></table></div>`;
}

/** The map, which is asked for when somebody presses the button: it sends. */
export function NetworkMap() {
  const [told, take] = useState(null);
  const places = told && layout(told);
  const ask = async () => take(await link.call("get_network_map"));
  return html`<section class="card stack" aria-label=${t("Network map")}>
    <h2>${t("Network map")}</h2>
    <p class="quiet">${t("Every router is asked whom it hears, one by one; that may take a minute.")}</p>
    <div class="row"><${Action} scope="command" class=${told ? "" : "primary"} run=${ask}>${t(told ? "Draw it anew" : "Draw it")}<//></div>
    ${told && html`<${Drawing} told=${told} places=${places} />
      ${told.unheard.length > 0 && html`<div class="banner" role="status"><p>${t("Did not tell whom they hear:")}</p>
        <ul>${told.unheard.map((one) => html`<li class="name">${one.name}: ${one.reason}</li>`)}</ul></div>`}
      <${Table} told=${told} places=${places} />`}
  </section>`;
}
