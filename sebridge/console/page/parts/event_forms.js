// The forms of events, and the records that the bridge takes, with times in seconds since 2000 (UTC).

import { html } from "../vendor/preact.js";
import { useCommand, useTopic } from "../hooks.js";
import { moment, translated } from "../language.js";
import { link } from "../link.js";
import { Dialog } from "./dialog.js";
import { Field, Form } from "./form.js";
import { fromZigbee, toZigbee } from "./house.js";
import { tell } from "./notices.js";

const t = await translated("parts/event_forms");

// Source: ZigBee Smart Energy Profile, Demand Response and Load Control cluster, bits of Device Class
export const CLASSES = [
  "Air conditioning, furnace", "Electric heater", "Water heater", "Pool pump, spa", "Smart appliance", "Irrigation pump",
  "Commercial load", "Other load", "Exterior lighting", "Interior lighting", "Electric vehicle", "Generation",
].map((one) => t(one));
export const IMPORTANCE = ["low", "medium", "high", "critical"].map((one) => t(one));
export const UNITS = { 0: "kWh", 1: "m³" };
// Source: ISO 4217
export const CURRENCIES = {
  EUR: 978, USD: 840, GBP: 826, CHF: 756, AUD: 36, BRL: 986, CAD: 124, CZK: 203, DKK: 208, HUF: 348, INR: 356, JPY: 392,
  NOK: 578, NZD: 554, PLN: 985, SEK: 752,
};
export const FOREVER = 0xffff; // minutes: until another comes

export const dateOf = (seconds) => new Date(fromZigbee(seconds) * 1000);
/** Return the house's time of an answer to `get_time`: it need not be the browser's. */
export const houseTime = ({ UTC_2000, offset = 0 }) => dateOf(UTC_2000 + offset);

/** The field by which events of a kind are told apart. */
export const ID = { price: "issuer_event_id", drlc: "issuer_event_id", message: "message_id" };

/** What was seen of events, also while somebody looks at another page: by kind, then by id. */
export const seen = { price: new Map(), drlc: new Map(), message: new Map() };

/** Add to what was seen of an event, and return that. */
export function keep(kind, id, news) {
  const event = seen[kind].get(id) ?? { id, devices: new Map(), facts: [] };
  seen[kind].set(id, Object.assign(event, news));
  return event;
}

const given = (text, none, factor = 1) => (text === "" ? none : Math.round(Number(text) * factor));

/** Return what a price's record says of money: `price` is text such as 0.295. */
export function moneyOf({ price, currency, label }, tier = 0, tiers = 0) {
  const digits = String(Number(price)).split(".")[1]?.length ?? 0;
  return {
    price: given(price, 0, 10 ** digits),
    currency: CURRENCIES[currency],
    rate_label: label.trim(),
    price_trailing_digit_and_price_tier: (digits << 4) | tier,
    number_of_price_tiers_and_register_tier: tiers << 4,
  };
}

/** Create an event; raises why it is refused, and returns the answer. */
export async function create(kind, record) {
  const answer = await link.call(`create_${kind === "drlc" ? "DRLC" : kind}_event`, { record });
  if (answer.status) throw new Error(answer.reason);
  const { devices } = keep(kind, answer.record[ID[kind]]);
  for (const device of answer.device_list.map((one) => one.replaceAll(":", ""))) {
    if (!devices.has(device)) devices.set(device, { status: "received" }); // it may have said more already
  }
  return answer;
}

const percent = { type: "number", max: 100 };
const degrees = { type: "number", min: -50, max: 100, step: 0.1 };

/** The field of a price in the main unit. */
export const PRICE = { type: "number", min: 0, step: 0.000001, autocomplete: "off" };

/** The field of a currency, which offers that of the prices there are. */
export function Currency() {
  const current = useTopic("price/electricity")?.currency;
  return html`<${Field} label=${t("Currency")}><select name="currency">${Object.keys(CURRENCIES).map((one) => html`<option value=${one} selected=${one === current}>${one}</option>`)}</select><//>`;
}

function Times({ hint, ...more }) {
  const { result } = useCommand("get_time");
  const now = moment(result && houseTime(result));
  return html`<div class="fields wide"><${Field} name="start" type="datetime-local" label=${t("Start")} hint=${t("Nothing: at once. In the house it is {now}.", { now })} />
    <${Field} name="duration" type="number" min="1" label=${t("Duration (minutes)")} hint=${hint} ...${more} /></div>`;
}

const open = html`<${Times} hint=${t("Nothing: until another comes")} max=${FOREVER - 1} />`;
const tick = (name, words, checked) => html`<label><input type="checkbox" name=${name} defaultChecked=${checked} /> ${words}</label>`;
const choice = (label, name, words) => html`<${Field} label=${t(label)}><select name=${name}>
  ${Object.entries(words).map(([value, word]) => html`<option value=${value}>${word}</option>`)}</select><//>`;
const field = (name, label, more) => html`<${Field} name=${name} label=${t(label)} ...${more} />`;

const KINDS = {
  price: {
    title: "New price",
    fields: html`${field("price", "Price", { ...PRICE, required: true })}<${Currency} />${choice("Per", "unit", UNITS)}
      ${field("label", "Label", { hint: t("What displays call it"), maxlength: 12 })}${field("tier", "Tier", { type: "number", min: 1, max: 15, hint: t("1 is the cheapest") })}${open}`,
    recordOf: (values) => ({ ...moneyOf(values, given(values.tier, 0)), unit_of_measure: Number(values.unit) }),
  },
  drlc: {
    title: "New load control",
    fields: html`<${Times} hint=${t("At most a day: 1440")} max="1440" required />
      <fieldset class="wide"><legend>${t("For which devices")}</legend><small>${t("None ticked: all of them.")}</small>
        <div class="fields tight">${CLASSES.map((words, bit) => tick(`class${bit}`, words))}</div></fieldset>
      ${field("duty", "Duty cycle (%)", { ...percent, min: 0 })}${field("load", "Change of load (%)", { ...percent, min: -100 })}
      ${field("cool", "Cool to (°C)", degrees)}${field("heat", "Heat to (°C)", degrees)}
      ${field("criticality", "Criticality", { type: "number", min: 1, max: 15, defaultValue: 1, required: true, hint: t("Up to 6 users may decline; 7 emergency, 8 planned outage, 9 disconnect") })}
      <div>${tick("randomStart", t("Each begins at a random moment"), true)}<br />${tick("randomEnd", t("Each ends at a random moment"), true)}</div>`,
    recordOf: (values) => ({
      device_class: CLASSES.reduce((bits, _, bit) => (values[`class${bit}`] ? bits | (1 << bit) : bits), 0) || 0x0fff,
      criticality_level: Number(values.criticality),
      duty_cycle: given(values.duty, 0xff),
      average_load_adjustment_percentage: given(values.load, -0x80),
      cooling_temperature_set_point: given(values.cool, -0x8000, 100),
      heating_temperature_set_point: given(values.heat, -0x8000, 100),
      event_control: (values.randomStart ? 1 : 0) | (values.randomEnd ? 2 : 0),
    }),
  },
  message: {
    title: "New message",
    fields: html`<div class="wide"><${Field} label=${t("Text")}><textarea name="message" class="short" required></textarea><//></div>
      ${choice("Importance", "importance", IMPORTANCE)}${tick("confirm", t("The user is to confirm it"))}${open}`,
    recordOf: ({ message, importance, confirm }) => ({ message, message_control: (importance << 2) | (confirm ? 0x80 : 0) }),
  },
};

/** The dialog in which an event is created; `created` is called once it is. */
export function NewEvent({ kind, created, close }) {
  const { title, fields, recordOf } = KINDS[kind];
  const send = async (values) => {
    const { start, duration } = values;
    const times = { start_time: start ? toZigbee(new Date(start) / 1000) : 0, duration_in_minutes: given(duration, FOREVER) };
    const { device_list, reason } = await create(kind, { ...recordOf(values), ...times });
    tell([t("created; devices that have it: {count}", { count: device_list.length }), reason].filter(Boolean).join(". "));
    created();
    close();
  };
  return html`<${Dialog} title=${t(title)} onClose=${close}><${Form} send=${send} label=${t("Create")}><div class="fields">${fields}</div><//><//>`;
}
