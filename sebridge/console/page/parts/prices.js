// Prices: what is in force, what comes next, and a chart of the next two days.

import { html } from "../vendor/preact.js";
import { useNow, useTopics } from "../hooks.js";
import { amount, moment, translated } from "../language.js";
import { fromIso } from "./bridge_time.js";
import { Chart } from "./chart.js";
import { Figure } from "./figure.js";

const t = translated({
  "Price": "Preis",
  "Prices to come": "Kommende Preise",
  "electricity": "Strom",
  "gas": "Gas",
  "water": "Wasser",
  "heat": "Wärme",
  "until {time}": "bis {time}",
  "until changed": "bis auf Weiteres",
  "next": "danach",
  "from {time}": "ab {time}",
  "no price is in force": "es gilt kein Preis",
  "by default": "voreingestellt",
  "No price is known.": "Kein Preis ist bekannt.",
  "Create a price": "Preis anlegen",
  "Price of {commodity} from {from} to {until}: {low} to {high}":
    "Preis für {commodity} von {from} bis {until}: {low} bis {high}",
});

const LONGEST = 48 * 3600; // seconds of a chart from now on

/** Return the steps of a schedule as a chart has them: where no price is, there is none. */
function stepsOf(schedule, now) {
  const times = [];
  const values = [];
  for (const { price, from, until } of schedule) {
    const begin = fromIso(from);
    const end = Math.min(fromIso(until) ?? Infinity, Math.max(begin, now) + LONGEST);
    if (begin > now + LONGEST) break;
    if (times.at(-1) === begin) {
      times.pop();
      values.pop();
    } else if (times.length) {
      times.push(times.at(-1) + 1);
      values.push(null);
    }
    times.push(begin, end);
    values.push(price, price);
  }
  return { times, values };
}

function Curve({ commodity, board }) {
  const now = Math.max(useNow(60) / 1000, fromIso(board.time) ?? 0);
  const { times, values } = stepsOf(board.schedule, now);
  const known = values.filter((value) => value !== null);
  const unit = board.price_unit;
  const title = t("Price of {commodity} from {from} to {until}: {low} to {high}", {
    commodity: t(commodity),
    from: moment(times[0] * 1000),
    until: moment(times.at(-1) * 1000),
    low: amount(Math.min(...known), unit, 5),
    high: amount(Math.max(...known), unit, 5),
  });
  return html`<section class="card"><h2>${t("Prices to come")} · ${t(commodity)}</h2>
    <${Chart} title=${title} times=${times} marks=${[Math.round(now / 60) * 60]}
      series=${[{ label: t("Price"), unit, values, shape: "steps" }]} />
  </section>`;
}

function Board({ commodity, board }) {
  const { current, next } = board;
  const shown = current ?? board.default;
  return html`<section class="card">
    <div class="title"><h2>${t("Price")} · ${t(commodity)}</h2>
      ${current?.label && html`<span class="badge">${current.label}</span>`}
      ${!current && board.default && html`<span class="badge">${t("by default")}</span>`}</div>
    ${shown ? html`<${Figure} value=${shown.price} unit=${shown.price_unit} digits=${5} />` : html`<p class="quiet">${t("no price is in force")}</p>`}
    ${current && html`<p class="quiet">${current.until ? t("until {time}", { time: moment(current.until) }) : t("until changed")}</p>`}
    ${next && html`<dl class="facts"><dt>${t("next")}</dt><dd>${amount(next.price, next.price_unit, 5)}, ${t("from {time}", { time: moment(next.from) })}</dd></dl>`}
  </section>`;
}

/** A chart of the next two days for each commodity of which more than one price is known. */
export function PriceCurves() {
  const values = useTopics(["price/+"]);
  return [...values].filter(([, board]) => board.schedule.length > 1)
    .map(([topic, board]) => html`<${Curve} key=${topic} commodity=${topic.split("/")[1]} board=${board} />`);
}

/** A card for each commodity that has, or had, a price. */
export function Prices() {
  const values = useTopics(["price/+"]);
  const boards = [...values].sort(([one], [other]) => one.localeCompare(other));
  if (!boards.length) {
    return html`<section class="card"><h2>${t("Price")}</h2>
      <p class="empty">${t("No price is known.")} <a href="#/events">${t("Create a price")}</a></p></section>`;
  }
  return boards.map(([topic, board]) => html`<${Board} key=${topic} commodity=${topic.split("/")[1]} board=${board} />`);
}
