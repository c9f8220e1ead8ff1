// A tariff by time of use: tiers painted on the hours of a week, made into prices one after another.

import { html, useRef, useState } from "../vendor/preact.js";
import { locale, moment, translated } from "../language.js";
import { link } from "../link.js";
import { create, Currency, dateOf, houseTime, moneyOf, PRICE } from "./event_forms.js";
import { Field, Form } from "./form.js";
import { toZigbee } from "./house.js";
import { tell } from "./notices.js";

const t = await translated("parts/tariff");

const KEPT = "sebridge.tariff";
const HOURS = 24;
const DAYS = 7;

/** Return what is offered first: five tiers, and a week of tiers by the hour from Monday on. */
function usual() {
  const tiers = [[t("Night"), "0.22"], [t("Day"), "0.3"], [t("Peak"), "0.42"], ["", ""], ["", ""]].map(([label, price]) => ({ label, price }));
  const week = Array.from({ length: DAYS * HOURS }, (_, at) => {
    const hour = at % HOURS;
    if (hour < 7 || hour > 21) return 0;
    return hour > 16 && hour < 20 && at < 5 * HOURS ? 2 : 1;
  });
  return { tiers, week };
}

/**
 * Return when which tier holds, for so many days from a Date on: `{ tier, from, until }`, Dates. Hours
 * are local ones, so that a night in which the clocks change is an hour longer or shorter.
 */
export function runsOf(week, now, days) {
  const runs = [];
  const at = (hour, ...more) => new Date(now.getFullYear(), now.getMonth(), now.getDate(), hour, ...more);
  const end = at(days * HOURS + now.getHours(), now.getMinutes());
  for (let from = now, hour = now.getHours() + 1; from < end; hour += 1) {
    const until = new Date(Math.min(at(hour), end));
    if (until <= from) continue; // an hour that the clocks leave out
    const tier = week[((from.getDay() + 6) % DAYS) * HOURS + from.getHours()];
    if (runs.at(-1)?.tier === tier) runs.at(-1).until = until;
    else runs.push({ tier, from, until });
    from = until;
  }
  return runs;
}

/** Return the prices' records, in whole minutes; tiers are numbered by price, as the cheapest is 1. */
export function recordsOf({ tiers, week }, currency, now, days) {
  const ranks = [...new Set(week.map((tier) => Number(tiers[tier].price)))].sort((one, other) => one - other);
  return runsOf(week, new Date(now - (now % 60_000)), days).map(({ tier, from, until }) => ({
    ...moneyOf({ ...tiers[tier], currency }, ranks.indexOf(Number(tiers[tier].price)) + 1, ranks.length),
    start_time: toZigbee(from / 1000),
    duration_in_minutes: (until - from) / 60_000,
  }));
}

const dayNames = (weekday) => Array.from({ length: DAYS }, (_, day) => // from a Monday on
  new Intl.DateTimeFormat(locale, { weekday }).format(new Date(2024, 0, 1 + day)));
const SHORT = dayNames("short");
const LONG = dayNames("long");
const MOVES = { ArrowLeft: -HOURS, ArrowRight: HOURS, ArrowUp: -1, ArrowDown: 1 };

function Week({ week, names, choose, paint }) {
  const [current, go] = useState(0);
  const table = useRef(null);
  const keyed = (event) => {
    const { key, shiftKey } = event;
    const to = current + MOVES[key];
    if (key === " " || key === "Enter") paint([current]);
    else if (names[key - 1] !== undefined) choose(key - 1);
    else if (week[to] !== undefined) {
      if (shiftKey) paint([current, to]);
      table.current.querySelector(`[data-at="${to}"]`).focus();
    } else return;
    event.preventDefault();
  };
  const pressed = (event, at) => {
    event.target.releasePointerCapture(event.pointerId); // a finger, too, paints where it goes
    paint([at]);
  };
  const edge = (words, full, matches) => html`<th scope="col"><button type="button" class="plain" aria-label=${full}
    onClick=${() => paint([...week.keys()].filter(matches))}>${words}</button></th>`;
  return html`<table class="week" role="grid" aria-label=${t("The week")} ref=${table}>
    <thead><tr><td></td>${LONG.map((name, day) => edge(SHORT[day], name, (at) => Math.floor(at / HOURS) === day))}</tr></thead>
    <tbody>${Array.from({ length: HOURS }, (_, hour) => html`<tr>${edge(hour, `${hour}–${hour + 1}`, (at) => at % HOURS === hour)}
      ${LONG.map((name, day) => {
        const at = day * HOURS + hour;
        return html`<td role="gridcell" class="tier${week[at] + 1}" data-at=${at} tabindex=${at === current ? 0 : -1}
          aria-label="${name} ${hour}–${hour + 1}: ${names[week[at]]}" onKeyDown=${keyed} onFocus=${() => go(at)}
          onPointerDown=${(event) => pressed(event, at)} onPointerEnter=${(event) => event.buttons === 1 && paint([at])}>${week[at] + 1}</td>`;
      })}</tr>`)}</tbody></table>`;
}

/** The table of a tariff. */
export function Tariff() {
  const [tariff, take] = useState(() => JSON.parse(localStorage.getItem(KEPT)) ?? usual());
  const [brush, choose] = useState(0);
  const [progress, show] = useState(null);
  const { tiers, week } = tariff;
  const keep = (change) => take((last) => {
    const next = { ...last, ...change(last) };
    localStorage.setItem(KEPT, JSON.stringify(next));
    return next;
  });
  const paint = (places) => keep((last) => ({ week: last.week.map((tier, at) => (places.includes(at) ? brush : tier)) }));
  const input = (name, place, words, more) => html`<input name="${name}${place}" value=${tiers[place][name]} aria-label=${t(words, { place: place + 1 })} ...${more}
    onInput=${({ target }) => keep((last) => ({ tiers: last.tiers.map((one, at) => (at === place ? { ...one, [name]: target.value } : one)) }))} />`;
  const send = async ({ currency, days }) => {
    const records = recordsOf(tariff, currency, houseTime(await link.call("get_time")), Number(days));
    const all = records.length;
    try {
      for (const [done, record] of records.entries()) {
        show({ done, all });
        await create("price", record).catch(({ message: why }) => {
          const when = moment(dateOf(record.start_time));
          throw new Error(t("{done} of {all} prices made; then the one of {when} was refused: {why}", { done, all, when, why }));
        });
      }
      tell(t("{done} of {all} prices made", { done: all, all }));
    } finally {
      show(null);
    }
  };
  return html`<${Form} send=${send} label=${t("Make prices")} class="tariff">
    <section class="card form"><h2>${t("Tiers")}</h2><p class="quiet">${t("Choose a tier, then paint the hours in which it holds. Prices are per kWh.")}</p>
      ${tiers.map((_, place) => html`<div class="row" key=${place}>
        <button type="button" class="tier${place + 1}" aria-pressed=${brush === place} aria-label=${t("Paint tier {place}", { place: place + 1 })} onClick=${() => choose(place)}>${place + 1}</button>
        ${input("label", place, "Label of tier {place}", { maxlength: 12 })}${input("price", place, "Price of tier {place}", { ...PRICE, required: week.includes(place) })}</div>`)}
      <${Currency} /><${Field} name="days" type="number" min="1" max="28" required label=${t("Days from now")} defaultValue="7" hint=${t("Hours are those of this browser")} />
      ${progress && html`<div role="status"><progress max=${progress.all} value=${progress.done} aria-label=${t("Make prices")}></progress>${t("{done} of {all} prices made", progress)}</div>`}
    </section>
    <section class="card"><h2>${t("The week")}</h2><${Week} week=${week} names=${tiers.map(({ label, price }) => `${label} ${price}`)} choose=${choose} paint=${paint} />
      <p class="quiet">${t("Arrows move, the space bar paints, Shift with arrows paints on, 1 to 5 choose a tier. A day or hour at the edge is painted as a whole.")}</p></section>
  <//>`;
}
