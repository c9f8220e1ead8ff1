// Load control: what devices are asked to do, when, and what each of them says of it.

import { html, useEffect } from "../vendor/preact.js";
import { useCommand, useNow, useTopics } from "../hooks.js";
import { ago, moment, translated } from "../language.js";
import { fromIso, fromZigbee } from "./bridge_time.js";
import { nameOf } from "./device_name.js";

const t = translated({
  "Load control": "Lastabwurf",
  "Nobody is asked to use less, now or later.": "Niemand soll jetzt oder später weniger verbrauchen.",
  "Create an event": "Ereignis anlegen",
  "in force": "gilt",
  "over": "vorbei",
  "to come": "kommt",
  "level {level}": "Stufe {level}",
  "Nobody has answered yet.": "Noch niemand hat geantwortet.",
  "from {from} until {until}": "von {from} bis {until}",
  "received": "erhalten",
  "started": "läuft",
  "completed": "beendet",
  "opted_out": "nimmt nicht teil",
  "opted_in": "nimmt teil",
  "cancelled": "abgesagt",
  "superseded": "ersetzt",
  "partially_completed_with_opt_out": "teils beendet, dann ausgestiegen",
  "partially_completed_with_opt_in": "teils beendet, später eingestiegen",
  "completed_no_participation": "vorbei, ohne Teilnahme",
  "invalid_cancel": "Absage ungültig",
  "invalid_cancel_time": "Absage zur falschen Zeit",
  "expired": "zu spät",
  "unknown_event": "unbekanntes Ereignis",
  "rejected": "abgelehnt",
});

const GOOD = new Set(["received", "started", "completed", "opted_in"]);
const WORSE = new Set(["opted_out", "completed_no_participation", "cancelled", "superseded"]);

function tone(status) {
  if (GOOD.has(status)) return "good";
  return WORSE.has(status) || status.startsWith("partially") ? "warning" : "bad";
}

/** Return the events there are or that devices spoke of, by their begin, with what devices said. */
function eventsIn(listed, values) {
  const found = new Map();
  for (const record of listed) {
    const from = fromZigbee(record.start_time);
    const until = from + 60 * record.duration_in_minutes;
    found.set(record.issuer_event_id, { from, until, level: record.criticality_level, said: [] });
  }
  for (const [topic, said] of values) {
    const [, id, last] = topic.split("/");
    if (last !== "drlc" || !said) continue;
    const told = { from: fromIso(said.from), until: fromIso(said.until), level: said.criticality_level, said: [] };
    const event = found.get(said.issuer_event_id) ?? told;
    found.set(said.issuer_event_id, event);
    event.said.push({ name: nameOf(values, id), ...said });
  }
  return [...found].filter(([, { from }]) => from).sort(([, one], [, other]) => one.from - other.from);
}

function Bar({ event, first, last, now }) {
  const share = (at) => `${(100 * (at - first)) / (last - first)}%`;
  return html`<svg class="timeline" aria-hidden="true">
    <rect class="lane" width="100%" height="100%" rx="4" />
    <rect class="span" x=${share(event.from)} width=${`${Math.max((100 * (event.until - event.from)) / (last - first), 1)}%`} height="100%" rx="4" />
    ${now >= first && now <= last && html`<line x1=${share(now)} x2=${share(now)} y2="100%" />`}
  </svg>`;
}

function phase({ from, until }, now) {
  if (now >= until) return { word: t("over"), style: "" };
  return now < from ? { word: t("to come"), style: "" } : { word: t("in force"), style: "warning" };
}

function Event({ event, first, last, now }) {
  const { word, style } = phase(event, now);
  return html`<li class="stack">
    <div class="title"><span>${t("from {from} until {until}", { from: moment(event.from * 1000), until: moment(event.until * 1000) })}</span>
      <span class="row"><span class="badge">${t("level {level}", { level: event.level })}</span><span class="badge ${style}">${word}</span></span></div>
    <${Bar} event=${event} first=${first} last=${last} now=${now} />
    ${event.said.length
      ? html`<dl class="facts">${event.said.map(({ name, status, time }) => html`<dt class="name">${name}</dt>
          <dd><span class="badge ${tone(status)}">${t(status)}</span> <small>${moment(time)}</small></dd>`)}</dl>`
      : html`<p class="quiet">${t("Nobody has answered yet.")}</p>`}
  </li>`;
}

/** The events of load control, on one line of time, with the word of each device. */
export function LoadControl() {
  const values = useTopics(["active/drlc", "device/+", "device/+/drlc"]);
  const { result, again } = useCommand("get_DRLC_events");
  const events = eventsIn(result?.events_record_list ?? [], values);
  const said = Math.max(0, ...events.flatMap(([, event]) => event.said.map(({ time }) => fromIso(time))));
  const inForce = values.get("active/drlc")?.record_list.map((one) => one.issuer_event_id).join();
  useEffect(again, [inForce, said]); // devices answer what was just created
  const now = Math.max(useNow() / 1000, said);
  const first = Math.min(now, ...events.map(([, { from }]) => from));
  const last = Math.max(now, ...events.map(([, { until }]) => until)) + 1;
  return html`<section class="card"><h2>${t("Load control")}</h2>
    ${events.length
      ? html`<ul class="plain stack">${events.map(([id, event]) => html`<${Event} key=${id} event=${event} first=${first} last=${last} now=${now} />`)}</ul>`
      : html`<p class="empty">${t("Nobody is asked to use less, now or later.")} <a href="#/events">${t("Create an event")}</a></p>`}
  </section>`;
}
