// The circles of a Plugwise stick: what flows, what each has used, and which belong to it.

import { html, useEffect, useState } from "../vendor/preact.js";
import { useCommand, useTopics } from "../hooks.js";
import { amount, translated } from "../language.js";
import { link } from "../link.js";
import { Action } from "../parts/action.js";
import { Chart } from "../parts/chart.js";
import { drawn } from "../parts/energy.js";
import { Field, Form } from "../parts/form.js";
import { Figure, toZigbee } from "../parts/house.js";

const t = await translated("pages/circles");

const SHOWN = 2 * 86_400; // seconds
const NOT_AS_THINGS_ARE = -32009;

export default function Circles() {
  const told = useTopics(["circle/#"]);
  const { result, error, again } = useCommand("list_circles");
  useEffect(again, [JSON.stringify([...told])]);
  if (error) {
    const { code, message } = error;
    return html`<p class="empty">${code === NOT_AS_THINGS_ARE ? t("No Plugwise stick is configured (plugwise.path).") : message}</p>`;
  }
  if (!result) return html`<p class="quiet" aria-busy="true">…</p>`;
  const act = (method, args) => link.call(method, args).then(again);
  const { problem } = result.stick;
  return html`${problem && html`<p class="problem" role="alert">${problem}</p>`}
    <div class="cards">
      ${result.circle_list.map((one) => html`<${Circle} key=${one.circle_address} circle=${one} act=${act} />`)}
      <section class="card"><h2>${t("Add a circle")}</h2><${Form} send=${(values) => act("add_circle", values)} label=${t("Add")}>
        <${Field} name="circle_address" label=${t("Address")} defaultValue=${result.joining_list[0]} required />
      <//></section>
    </div>`;
}

function Circle({ circle, act }) {
  const { circle_address, name, available, on, power, energy_in, energy_out } = circle;
  const [isOpen, open] = useState(false);
  const state = available ? (on ? "on" : "off") : "not available";
  return html`<article class="card" aria-label=${name}>
    <div class="title"><h2 class="name">${name}</h2>
      <span class="badge ${available ? on && "good" : "warning"}">${t(state)}</span></div>
    <${Figure} value=${power} unit="W" digits=${1} />
    <p>${amount(energy_in, "kWh")} ${t("consumed")}${energy_out > 0 && `, ${amount(energy_out, "kWh")} ${t("produced")}`}</p>
    <p><small>${circle_address}</small></p>
    <${Action} scope="command" disabled=${!available}
      run=${() => act("switch_circle", { circle_address, on: !on })}>${t(on ? "Switch off" : "Switch on")}<//>
    <details onToggle=${(event) => open(event.target.open)}><summary>${t("Hour by hour")}</summary>
      ${isOpen && html`<${Hours} circle=${circle} />`}
      <${Action} scope="admin" class="danger" sure=${`${name}: ${t("Remove")}?`}
        run=${() => act("remove_circle", { circle_address })}>${t("Remove")}<//>
    </details>
  </article>`;
}

/** What it consumed; below zero where it produced more. */
function Hours({ circle: { circle_address, name } }) {
  const [begin] = useState(toZigbee(Date.now() / 1000 - SHOWN));
  const { result } = useCommand("get_circle_history", { circle_address, begin });
  if (result && !result.record_list.length) return html`<p class="empty">${t("No hour is logged yet.")}</p>`;
  const points = result?.record_list.map((one) => ({ ...one, value: one.energy_in - one.energy_out })) ?? [];
  return html`<${Chart} ...${drawn(points, { name: t("consumed") }, "kWh")} title=${`${name}: ${t("Hour by hour")}`} />`;
}
