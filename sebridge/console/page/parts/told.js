// What the house is told: prices, load control and messages; and what its devices say of it.

import { html, useEffect } from "../vendor/preact.js";
import { useCommand, useNow, useTopics, useWords } from "../hooks.js";
import { amount, moment, translated } from "../language.js";
import { Chart } from "./chart.js";
import { Figure, fromIso, fromZigbee, nameOf } from "./house.js";

const t = await translated("parts/told");

const LONGEST = 48 * 3600; // seconds of a chart from now on
const UNTIL_CHANGED = 0xffff;
const ASKS = 0x80; // bit of message_control: the user is to confirm

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

const LATELY = 86_400; // seconds for which an event that is over is still shown
const MOST_EVENTS = 10;
const TAKES_PART = new Set(["started", "opted_in"]);
const GOOD = new Set(["received", "started", "completed", "opted_in", "confirmed"]);
const WORSE = new Set(["opted_out", "completed_no_participation", "cancelled", "superseded"]);

/** Return how good a status is: the class of its badge. */
export function tone(status) {
  if (GOOD.has(status)) return "good";
  if (status === "sent") return "";
  return WORSE.has(status) || status.startsWith("partially") ? "warning" : "bad";
}

/** Return a status in the reader's words. */
export function useStatusWords() {
  const word = useWords();
  return (status) => (t(status) === status ? word(status) : t(status));
}

function eventOf(record) {
  const from = fromZigbee(record.start_time);
  return { from, until: from + 60 * record.duration_in_minutes, level: record.criticality_level, said: [] };
}

/** Return the events that we serve and those that were over lately, with all that devices said of each. */
function served(events, values, now) {
  const isShown = ({ over }) => !over || fromIso(over) > now - LATELY;
  return events.filter(isShown).map(({ issuer_event_id: id, record, cancelled, devices }) => {
    const said = devices.map(({ device_address: address, sent, received, answers }) => {
      const first = received ? { status: "received", time: received } : { status: "sent", time: sent };
      return { name: nameOf(values, address.replaceAll(":", "")), words: answers.length ? answers : [first] };
    });
    return [id, { ...eventOf(record), isCancelled: cancelled, said }];
  });
}

/** Return the events of others' that we are told, with the last word of each device of ours. */
function heard(listed, values) {
  const found = new Map(listed.map((record) => [record.issuer_event_id, eventOf(record)]));
  for (const [topic, said] of values) {
    const [, id, last] = topic.split("/");
    if (last !== "drlc" || !said) continue;
    const told = { from: fromIso(said.from), until: fromIso(said.until), level: said.criticality_level, said: [] };
    const event = found.get(said.issuer_event_id) ?? told;
    found.set(said.issuer_event_id, event);
    event.said.push({ name: nameOf(values, id), words: [said] });
  }
  return [...found];
}

/** Return where a moment is on the line of time. */
const shareOf = (at, first, last) => `${(100 * (at - first)) / (last - first)}%`;

function Bar({ event, first, last, now }) {
  const share = (at) => shareOf(at, first, last);
  return html`<svg class="timeline" aria-hidden="true">
    <rect class="lane" width="100%" height="100%" rx="4" />
    <rect class="span" x=${share(event.from)} width=${`${Math.max((100 * (event.until - event.from)) / (last - first), 1)}%`} height="100%" rx="4" />
    ${now >= first && now <= last && html`<line x1=${share(now)} x2=${share(now)} y2="100%" />`}
  </svg>`;
}

/** Where on the line of time a device took part. */
function Part({ words, event, first, last, now }) {
  const spans = words.flatMap(({ status, time }, place) => {
    const from = fromIso(time);
    const until = fromIso(words[place + 1]?.time) ?? Math.min(now, event.until);
    return TAKES_PART.has(status) && until > from ? [[from, until]] : [];
  });
  return spans.length > 0 && html`<svg class="timeline thin" aria-hidden="true">
    ${spans.map(([from, until]) => html`<rect class="part" x=${shareOf(from, first, last)} width=${`${(100 * (until - from)) / (last - first)}%`} height="100%" rx="2" />`)}
  </svg>`;
}

function phase({ from, until, isCancelled }, now) {
  if (isCancelled) return { word: t("cancelled"), style: "" };
  if (now >= until) return { word: t("over"), style: "" };
  return now < from ? { word: t("to come"), style: "" } : { word: t("in force"), style: "warning" };
}

function Event({ event, ...line }) {
  const statusWords = useStatusWords();
  const { word, style } = phase(event, line.now);
  return html`<li class="stack">
    <div class="title"><span>${t("from {from} until {until}", { from: moment(event.from * 1000), until: moment(event.until * 1000) })}</span>
      <span class="row"><span class="badge">${t("level {level}", { level: event.level })}</span><span class="badge ${style}">${word}</span></span></div>
    <${Bar} event=${event} ...${line} />
    ${event.said.length
      ? html`<dl class="facts">${event.said.map(({ name, words }) => html`<dt class="name">${name}</dt>
          <dd><span class="badge ${tone(words.at(-1).status)}">${statusWords(words.at(-1).status)}</span> <small>${moment(words.at(-1).time)}</small>
            ${words.length > 1 && html`<div><small class="quiet">${words.slice(0, -1).map(({ status, time }) => `${statusWords(status)} ${moment(time)}`).join(" · ")}</small></div>`}
            <${Part} words=${words} event=${event} ...${line} /></dd>`)}</dl>`
      : html`<p class="quiet">${t("No device has spoken of it lately.")}</p>`}
  </li>`;
}

/** The events of load control, on one line of time, with the words of each device. */
export function LoadControl() {
  const values = useTopics(["active/drlc", "device/+", "device/+/drlc"]);
  const { result: kept, error: isDisplay, again: ask } = useCommand("get_event_deliveries", { cluster_id: 0x0701 });
  const { result: listed, again: list } = useCommand("get_DRLC_events");
  const inForce = values.get("active/drlc")?.record_list.map((one) => one.issuer_event_id).join();
  const words = [...values].map(([topic, told]) => topic.endsWith("/drlc") && told?.time).join();
  const turn = Math.floor(useNow(20) / 20_000); // nobody tells of what is scheduled, nor of who was sent it
  useEffect(() => (ask(), list()), [inForce, words, turn]);
  const time = Math.max(0, ...[...values].map(([topic, told]) => (topic.endsWith("/drlc") && fromIso(told?.time)) || 0));
  const now = Math.max(useNow() / 1000, time);
  const all = isDisplay ? heard(listed?.events_record_list ?? [], values) : served(kept?.events ?? [], values, now);
  const events = all.filter(([, { from }]) => from).sort(([, one], [, other]) => one.from - other.from).slice(-MOST_EVENTS);
  const first = Math.min(now, ...events.map(([, { from }]) => from));
  const last = Math.max(now, ...events.map(([, { until }]) => until)) + 1;
  return html`<section class="card"><h2>${t("Load control")}</h2>
    ${events.length
      ? html`<ul class="plain stack">${events.map(([id, event]) => html`<${Event} key=${id} event=${event} first=${first} last=${last} now=${now} />`)}</ul>`
      : html`<p class="empty">${t("Nobody is asked to use less, now or later.")} <a href="#/events">${t("Create an event")}</a></p>`}
  </section>`;
}

function Message({ record, values }) {
  const from = fromZigbee(record.start_time);
  const until = record.duration_in_minutes === UNTIL_CHANGED ? null : from + 60 * record.duration_in_minutes;
  const given = [...values].filter(([topic, told]) => topic.endsWith("/message") && told?.message_id === record.message_id);
  const asks = (record.message_control & ASKS) !== 0;
  return html`<li class="stack">
    <blockquote class="name">${record.message}</blockquote>
    <small>${until ? t("from {from} until {until}", { from: moment(from * 1000), until: moment(until * 1000) }) : t("until changed")}</small>
    ${!given.length && html`<p class="quiet">${t("No display has it yet.")}</p>`}
    <dl class="facts">${given.map(([topic, told]) => {
      const word = told.confirmed ? t("confirmed") : asks ? t("not confirmed") : t("shown");
      return html`<dt class="name">${nameOf(values, topic.split("/")[1])}</dt>
        <dd><span class="badge ${asks && !told.confirmed ? "warning" : "good"}">${word}</span> <small>${moment(told.confirmed ?? told.time)}</small></dd>`;
    })}</dl>
  </li>`;
}

/** The messages in force. */
export function Messages() {
  const values = useTopics(["active/message", "device/+", "device/+/message"]);
  const records = values.get("active/message")?.record_list ?? [];
  return html`<section class="card"><h2>${t("Messages")}</h2>
    ${records.length
      ? html`<ul class="plain stack">${records.map((record) => html`<${Message} key=${record.message_id} record=${record} values=${values} />`)}</ul>`
      : html`<p class="empty">${t("No message is shown.")} <a href="#/events">${t("Write a message")}</a></p>`}
  </section>`;
}
