// Home: the gateway and its network at a glance, prices, what the meters count, load control, messages.

import { html } from "../vendor/preact.js";
import { useNow, useTopic, useTopics, useWords } from "../hooks.js";
import { ago, amount, moment, translated } from "../language.js";
import { Energy } from "../parts/energy.js";
import { Figure, nameOf } from "../parts/house.js";
import { LoadControl, Messages, PriceCurves, Prices } from "../parts/told.js";

const t = await translated("pages/home");

const MOST_METERS = 12; // cards: more are found among the devices
const pan = (number) => `0x${number.toString(16).padStart(4, "0").toUpperCase()}`;

function Gateway() {
  const [info, health, joining] = [useTopic("info"), useTopic("health"), useTopic("joining")];
  if (!info) return null;
  const { network, radio } = info;
  const notes = [...(health?.notes ?? [])];
  if (health?.radio.problem) notes.unshift(health.radio.problem);
  if (health && !health.database_writable) notes.unshift(t("The database cannot be written."));
  return html`<section class="card">
    <div class="title"><h2>${t("Network")}</h2>
      <span class="badge ${network.joined ? "good" : "bad"}">${network.joined ? t("on the network") : t("no network")}</span></div>
    <dl class="facts">
      ${network.joined && html`<dt>${t("Channel")}</dt><dd>${network.channel}, PAN ${pan(network.pan_id)}</dd>`}
      <dt>${t("Radio")}</dt><dd>${radio.model ?? radio.kind}</dd>
      ${health && html`<dt>${t("Devices")}</dt><dd>${t("{active} of {known} active", health.devices)}</dd>
        <dt>${t("Broker")}</dt><dd>${health.broker.connected ? t("connected") : t("away")}</dd>`}
      <dt>${t("Joining")}</dt><dd>${joining?.until ? t("open until {time}", { time: moment(joining.until) }) : t("closed")}</dd>
      <dt>${t("Running since")}</dt><dd>${moment(info.started)}</dd>
    </dl>
    ${notes.map((note) => html`<p class="problem">${note}</p>`)}
  </section>`;
}

/** Return the meters there are: address, endpoint, name, reading, and whether they are there. */
function metersIn(values) {
  const found = [];
  for (const [topic, reading] of values) {
    const [, id, endpoint, last] = topic.split("/");
    if (last !== "metering" || !reading) continue;
    const address = id.match(/../g).join(":");
    found.push({
      key: topic,
      address,
      endpoint: Number(endpoint),
      name: nameOf(values, id),
      isThere: values.get(`device/${id}/availability`) !== "offline",
      reading,
    });
  }
  return found.sort((one, other) => (one.key < other.key ? -1 : 1));
}

function Meter({ meter, now }) {
  const { reading, name, isThere } = meter;
  const word = useWords();
  return html`<section class="card">
    <div class="title"><h2 class="name">${name}</h2>
      ${!isThere && html`<span class="badge bad">${t("away")}</span>`}
      ${reading.alarms.map((alarm) => html`<span class="badge warning">${word(alarm)}</span>`)}</div>
    <${Figure} value=${reading.power} unit=${reading.power_unit} />
    <dl class="facts">
      <dt>${t("taken in")}</dt><dd>${amount(reading.energy_in, reading.unit)}</dd>
      ${reading.energy_out !== null && html`<dt>${t("sent back")}</dt><dd>${amount(reading.energy_out, reading.unit)}</dd>`}
    </dl>
    <small>${ago(reading.time, Math.max(now, Date.parse(reading.time)))}</small>
  </section>`;
}

export default function Home() {
  const values = useTopics(["device/+", "device/+/availability", "device/+/+/metering"]);
  const now = useNow();
  const meters = metersIn(values);
  const newest = Math.max(now, ...meters.map(({ reading }) => Date.parse(reading.time))) / 1000;
  return html`<div class="stack">
    <div class="cards quarters">
      <${Gateway} />
      <${Prices} />
      ${meters.slice(0, MOST_METERS).map((meter) => html`<${Meter} key=${meter.key} meter=${meter} now=${now} />`)}
    </div>
    <${PriceCurves} />
    ${meters.length
      ? html`<${Energy} meters=${meters.map(({ reading, ...rest }) => ({ ...rest, sendsBack: reading.energy_out !== null }))} newest=${newest} />`
      : html`<p class="empty">${t("No meter has joined yet.")} <a href="#/devices">${t("Add a device")}</a></p>`}
    <div class="cards halves"><${LoadControl} /><${Messages} /></div>
  </div>`;
}
