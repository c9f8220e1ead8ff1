// What devices are told: prices, load control and messages, with what each device made of them.

import { html, useEffect, useMemo, useState } from "../vendor/preact.js";
import { useCommand, useNow, useTopics } from "../hooks.js";
import { amount, moment, number, translated } from "../language.js";
import { link } from "../link.js";
import { Action } from "../parts/action.js";
import { CLASSES, CURRENCIES, dateOf, FOREVER, ID, IMPORTANCE, keep, NewEvent, seen, UNITS } from "../parts/event_forms.js";
import { nameOf } from "../parts/house.js";
import { Icon } from "../parts/icon.js";
import { Tariff } from "../parts/tariff.js";
import { tone, useStatusWords } from "../parts/told.js";

const t = await translated("pages/events");

const SHOWN = 8; // events of a list before somebody asks for all

const value = (one, none, words, factor = 1) => one !== none && t(words, { value: number(one / factor) });

function priceOf({ price, currency, unit_of_measure, rate_label, price_trailing_digit_and_price_tier: both }) {
  const code = Object.keys(CURRENCIES).find((one) => CURRENCIES[one] === currency) ?? currency;
  return { title: amount(price / 10 ** (both >> 4), `${code}/${UNITS[unit_of_measure] ?? "?"}`, 6), facts: [rate_label, value(both & 15, 0, "tier {value}")] };
}

function loadOf(record) {
  const classes = CLASSES.filter((_, bit) => record.device_class & (1 << bit));
  return {
    title: classes.length === CLASSES.length ? t("all devices") : classes.join(", "),
    facts: [
      value(record.criticality_level, 0, "criticality {value}"), value(record.duty_cycle, 0xff, "duty cycle {value} %"),
      value(record.average_load_adjustment_percentage, -0x80, "load {value} %"),
      value(record.cooling_temperature_set_point, -0x8000, "cool to {value} °C", 100),
      value(record.heating_temperature_set_point, -0x8000, "heat to {value} °C", 100), record.event_control & 3 && t("at random"),
    ],
  };
}

const messageOf = ({ message, message_control: control }) => ({ title: message, facts: [IMPORTANCE[(control >> 2) & 3], control & 0x80 && t("to be confirmed")] });

const KINDS = {
  price: { title: "Prices", cluster: 0x0700, list: "get_price_events", describe: priceOf, cancelAll: ["cancel_all_price_events"] },
  drlc: {
    title: "Load control", cluster: 0x0701, list: "get_DRLC_events", describe: loadOf, cancelAll: ["cancel_all_DRLC_events", { record: {} }],
    cancel: ({ issuer_event_id, device_class, utility_enrollment_group }) => ["cancel_DRLC_event", { record: { issuer_event_id, device_class, utility_enrollment_group } }],
  },
  message: {
    title: "Messages", cluster: 0x0703, list: "get_message_events", describe: messageOf, cancelAll: ["cancel_all_message_events"],
    cancel: ({ message_id, message_control }) => ["cancel_message_event", { record: { message_id, message_control } }],
  },
};

/** Keep the last word of a device of an event, whichever way it comes. */
function say(event, device, status, time) {
  const last = event.devices.get(device)?.time;
  if (!last || Date.parse(time) >= Date.parse(last)) event.devices.set(device, { status, time });
}

/** Keep what the bridge knows of events, also of those that are over, and what devices made of them. */
function recall(kind, told) {
  for (const { issuer_event_id: id, record, cancelled, devices } of told) {
    const event = keep(kind, id, factsOf(kind, record));
    event.isCancelled ||= cancelled;
    for (const { device_address: address, received, answers } of devices) {
      const { status, time } = answers.at(-1) ?? { status: "received", time: received };
      if (time) say(event, address.replaceAll(":", ""), status, time);
    }
  }
}

/** Keep what devices say: a device's topic holds the last word only. */
function hear(topics) {
  for (const [topic, told] of topics) {
    const [, device, kind] = topic.split("/");
    const id = told?.[ID[kind]];
    if (id === undefined) continue;
    const event = keep(kind, id);
    if (told.from) event.title ??= told.message ?? (kind === "price" ? amount(told.price, told.price_unit, 6) : t("Load control"));
    if (told.from) Object.assign(event, { from: told.from, until: told.until });
    say(event, device, told.status ?? (told.confirmed ? "confirmed" : "received"), told.confirmed ?? told.time);
  }
}

/** Return what is shown of an event by its record. */
function factsOf(kind, record) {
  const { start_time: start, duration_in_minutes: minutes } = record;
  return { record, from: dateOf(start), until: minutes !== FOREVER && dateOf(start + 60 * minutes), ...KINDS[kind].describe(record) };
}

/** Return the events of a kind: in force, to come, and over, as far as this page knows. */
function eventsOf(kind, records, active) {
  for (const event of seen[kind].values()) event.state = event.isCancelled ? "cancelled" : "past";
  for (const record of records) {
    const state = active.has(record[ID[kind]]) ? "in force" : "scheduled";
    keep(kind, record[ID[kind]], { state, ...factsOf(kind, record) });
  }
  const rank = ({ state }) => ["in force", "scheduled"].indexOf(state) >>> 0;
  const order = ({ state, from }) => (state === "scheduled" ? 1 : -1) * new Date(from);
  return [...seen[kind].values()].filter(({ from }) => from).sort((one, other) => rank(one) - rank(other) || order(one) - order(other));
}

function Delivery({ devices, told, isOver }) {
  const statusWords = useStatusWords();
  const [isOpen, open] = useState(false);
  const asked = isOver ? devices.filter(({ id }) => told.has(id)) : devices;
  const count = asked.filter(({ id }) => told.has(id)).length;
  return html`<details onToggle=${(event) => open(event.target.open)}>
    <summary>${t("Heard from {count} of {all} devices", { count, all: asked.length })}</summary>
    ${isOpen && html`<ul class="plain">${asked.map(({ id, name }) => {
      const { status, time } = told.get(id) ?? {};
      return html`<li class="row" key=${id}><a class="name" href="#/devices/${id}">${name}</a><span class="badge ${status ? tone(status) : ""}">${status ? statusWords(status) : t("nothing heard")}</span><small>${time && moment(time)}</small></li>`;
    })}</ul>`}</details>`;
}

function Kind({ kind, topics, devices, create }) {
  const { title, list, cancel, cancelAll, cluster } = KINDS[kind];
  const { result, error, again } = useCommand(list);
  const { result: kept } = useCommand("get_event_deliveries", { cluster_id: cluster });
  useMemo(() => recall(kind, kept?.events ?? []), [kept]);
  const [most, show] = useState(SHOWN);
  const hints = [...topics].filter(([topic]) => topic.split("/").includes(kind));
  useEffect(again, [JSON.stringify(hints), useNow(20)]); // nobody tells of what is scheduled: who has it does
  const active = topics.get(`active/${kind}`)?.record_list ?? [];
  const events = eventsOf(kind, result?.events_record_list ?? [], new Set(active.map((record) => record[ID[kind]])));
  const valid = events.filter(({ state }) => state === "in force" || state === "scheduled");
  const takers = devices.filter(({ clusters }) => clusters.includes(cluster));
  const sure = t(cancel ? "Take this back? Devices are told." : "Take all prices back? Displays are not told: they keep theirs until they end.");
  const press = (call, gone, words) => html`<${Action} scope="command" class="danger" sure=${sure} done=${t("cancelled")} run=${async () => {
    await link.call(...call);
    for (const one of gone) one.isCancelled = true;
    again();
  }}>${t(words)}<//>`;
  return html`<section class="card" aria-label=${t(title)}>
    <div class="title"><h2>${t(title)} (${valid.length})</h2>
      <button aria-label="${t("New")}: ${t(title)}" onClick=${() => create({ kind, again })}><${Icon} name="add" />${t("New")}</button></div>
    ${error && html`<p class="problem">${error.message}</p>`}
    ${result && valid.length === 0 && html`<p class="empty">${t("Nothing is in force or to come.")}</p>`}
    <ul class="plain">${events.slice(0, most).map((event) => html`<li class="event" key=${event.id}>
      <div class="title"><strong class="name">${event.title}</strong><span class="badge ${event.state === "in force" ? "good" : ""}">${t(event.state)}</span></div>
      <div>${moment(event.from)} <span class="quiet">${event.until ? t("until {time}", { time: moment(event.until) }) : t("until another comes")}</span></div>
      <small class="name">${event.facts.filter(Boolean).join(" · ")}</small>
      <div class="title"><${Delivery} devices=${takers} told=${event.devices} isOver=${!valid.includes(event)} />
        ${cancel && valid.includes(event) && press(cancel(event.record), [event], "Cancel")}</div></li>`)}</ul>
    <div class="actions">${valid.length > (cancel ? 1 : 0) && press(cancelAll, valid, "Cancel all")}
      ${events.length > most && html`<button class="plain" onClick=${() => show(Infinity)}>${t("Show all {count}", { count: events.length })}</button>`}</div>
  </section>`;
}

function All() {
  const [wanted, create] = useState(null);
  const topics = useTopics(["device/+", "device/+/drlc", "device/+/price", "device/+/message", "active/+"]);
  hear(topics);
  const devices = [...topics].filter(([topic]) => /^device\/[^/]+$/.test(topic)).map(([topic, { simple_descriptors = {} }]) => (
    { id: topic.slice(7), name: nameOf(topics, topic.slice(7)), clusters: Object.values(simple_descriptors).flatMap((one) => one.output_clusters ?? []) }));
  return html`<div class="row tabs"><a class="button" href="#/events/tariff">${t("Tariff by time of use")}</a></div>
    <div class="cards">${Object.keys(KINDS).map((kind) => html`<${Kind} key=${kind} kind=${kind} topics=${topics} devices=${devices} create=${create} />`)}</div>
    ${wanted && html`<${NewEvent} kind=${wanted.kind} created=${wanted.again} close=${() => create(null)} />`}`;
}

export default function Events({ rest: [what] }) {
  if (what !== "tariff") return html`<${All} />`;
  return html`<p><a href="#/events">← ${t("All events")}</a></p><h2>${t("Tariff by time of use")}</h2><${Tariff} />`;
}
