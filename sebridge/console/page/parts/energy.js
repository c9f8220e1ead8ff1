// What a meter counted, its demand, and what that cost: a chart by 5 minutes, hours, days or months.

import { html, useState } from "../vendor/preact.js";
import { useCommand } from "../hooks.js";
import { amount, locale, moment, number, translated } from "../language.js";
import { Chart } from "./chart.js";
import { Figure, fromZigbee, toZigbee } from "./house.js";

const t = await translated("parts/energy");

const DAY = 86_400;
const RESOLUTIONS = [
  { id: "5min", name: t("5 minutes"), span: DAY, form: { hour: "2-digit", minute: "2-digit" } },
  { id: "hour", name: t("Hours"), span: 2 * DAY, form: { weekday: "short", hour: "2-digit", minute: "2-digit" } },
  { id: "day", name: t("Days"), span: 31 * DAY, form: { weekday: "short", day: "numeric", month: "short" } },
  { id: "month", name: t("Months"), span: 731 * DAY, form: { month: "long", year: "numeric" } },
];
const QUANTITIES = [
  { id: "energy", name: t("Consumption"), shape: "bars" },
  { id: "energy_exported", name: t("Sent back"), shape: "bars" },
  { id: "demand", name: t("Demand"), shape: "line" },
  { id: "cost", name: t("Cost"), shape: "bars" },
];
const TURN = 60; // seconds after which the newest is asked for

function Choice({ label, all, chosen, choose }) {
  return html`<div class="row" role="group" aria-label=${label}>
    ${all.map((one) => html`<button type="button" aria-pressed=${one.id === chosen.id} onClick=${() => choose(one)}>${one.name}</button>`)}
  </div>`;
}

/** Return the series of points, and the times: also of the last one's end, so that it is all there. */
export function drawn(points, quantity, unit) {
  const times = points.map(({ begin }) => fromZigbee(begin));
  const values = (pick) => [...points.map(pick), null];
  if (points.length) times.push(fromZigbee(points.at(-1).end));
  if (quantity.id === "demand") {
    return { times, series: [
      { label: t("mean"), unit, values: values(({ value }) => value) },
      { label: t("highest"), unit, values: values(({ high }) => high), colour: "--second" },
    ] };
  }
  const series = [{ label: quantity.name, unit, shape: "bars", values: values(({ spread, value }) => (spread ? null : value)) }];
  if (points.some(({ spread }) => spread)) {
    const guessed = values(({ spread, value }) => (spread ? value : null));
    series.push({ label: t("spread over an outage"), unit, shape: "bars", values: guessed, colour: "--second" });
  }
  return { times, series };
}

function Summary({ points, quantity, unit }) {
  if (quantity.id === "demand") {
    const most = points.reduce((one, other) => (other.high > one.high ? other : one));
    return html`<${Figure} value=${most.high} unit=${unit}>${t("highest")}, ${moment(fromZigbee(most.begin) * 1000)}<//>`;
  }
  const total = points.reduce((sum, { value }) => sum + value, 0);
  return html`<${Figure} value=${total} unit=${unit} digits=${quantity.id === "cost" ? 2 : 3}>${t("in all")}<//>`;
}

function note({ complete, spread }, isLast) {
  if (spread) return t("spread over an outage");
  if (complete) return "";
  return isLast ? t("so far") : t("not complete");
}

function Table({ points, quantity, unit, form }) {
  const [isOpen, open] = useState(false);
  const when = new Intl.DateTimeFormat(locale, form);
  const digits = quantity.id === "cost" ? 2 : 3;
  return html`<details onToggle=${(event) => open(event.target.open)}><summary>${t("As a table")}</summary>
    ${isOpen && html`<div class="scroll limited" tabindex="0"><table>
      <thead><tr><th scope="col">${t("Time")}</th><th scope="col">${quantity.name}${unit && ` (${unit})`}</th><th></th></tr></thead>
      <tbody>${points.map((point, place) => html`<tr key=${point.begin}>
        <th scope="row">${when.format(fromZigbee(point.begin) * 1000)}</th><td>${number(point.value, digits)}</td>
        <td class="quiet">${note(point, place === points.length - 1)}</td></tr>`).reverse()}</tbody>
    </table></div>`}
  </details>`;
}

function Curve({ meter, quantity, resolution, newest }) {
  const { result, error, isRunning } = useCommand("get_history", {
    device_address: meter.address,
    endpoint_id: meter.endpoint,
    quantity: quantity.id,
    resolution: resolution.id,
    begin: toZigbee(newest - resolution.span),
  });
  if (error) return html`<p class="problem">${error.message}</p>`;
  if (!result) return html`<p class="quiet" aria-busy="true">…</p>`;
  const { record_list: points, unit } = result;
  if (!points.length) {
    const isCost = quantity.id === "cost";
    return html`<p class="empty">${isCost ? t("No price was in force, so nobody knows the cost.") : t("Nothing is known of this yet.")}</p>`;
  }
  const { times, series } = drawn(points, quantity, unit);
  const most = points.reduce((one, other) => (other.value > one.value ? other : one));
  const title = t("{what} of {name}, {count} values, at most {most} at {when}", {
    what: quantity.name,
    name: meter.name,
    count: points.length,
    most: amount(most.value, unit),
    when: moment(fromZigbee(most.begin) * 1000),
  });
  return html`<div aria-busy=${isRunning}>
    <${Summary} points=${points} quantity=${quantity} unit=${unit} />
    <${Chart} times=${times} series=${series} title=${title} />
    <${Table} points=${points} quantity=${quantity} unit=${unit} form=${resolution.form} />
  </div>`;
}

/** The history of the meters: `meters` are `{ key, address, endpoint, name, sendsBack }`, `newest` the time. */
export function Energy({ meters, newest }) {
  const [key, choose] = useState(null);
  const [quantity, show] = useState(QUANTITIES[0]);
  const [resolution, by] = useState(RESOLUTIONS[1]);
  const turn = Math.floor(newest / TURN) * TURN;
  const meter = meters.find((one) => one.key === key) ?? meters[0];
  const offered = QUANTITIES.filter(({ id }) => id !== "energy_exported" || meter.sendsBack);
  const chosen = offered.includes(quantity) ? quantity : offered[0];
  return html`<section class="card stack">
    <div class="title row"><h2>${t("History")}</h2>
      ${meters.length > 1 && html`<label class="row"><span class="quiet">${t("Meter")}</span>
        <select class="short" onChange=${(event) => choose(event.target.value)}>
          ${meters.map((one) => html`<option value=${one.key} selected=${one === meter}>${one.name}</option>`)}
        </select></label>`}</div>
    <div class="choices tabs">
      <${Choice} label=${t("What is shown")} all=${offered} chosen=${chosen} choose=${show} />
      <${Choice} label=${t("By")} all=${RESOLUTIONS} chosen=${resolution} choose=${by} />
    </div>
    <${Curve} meter=${meter} quantity=${chosen} resolution=${resolution} newest=${turn} />
  </section>`;
}
