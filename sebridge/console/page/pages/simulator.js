// The simulated house: its devices as those who live there see and press them, its air and its time.

import { html, useEffect, useRef, useState } from "../vendor/preact.js";
import { may, useTopic } from "../hooks.js";
import { amount, moment, number, translated } from "../language.js";
import { link } from "../link.js";
import { Action } from "../parts/action.js";
import { Dialog } from "../parts/dialog.js";
import { Field, Form } from "../parts/form.js";
import { Icon } from "../parts/icon.js";
import { complain } from "../parts/notices.js";

const t = await translated("pages/simulator");

const EVERY = 2000; // milliseconds between looks at what changes all the time
const NO_SUCH_METHOD = -32601;
const SPEEDS = [1, 5, 20, 60, 300, 600];
const SINCE_1970 = 946_684_800; // ZigBee counts seconds from 2000

const kindOf = (kind) => t(kind.replaceAll("_", " "));
const given = (set) => (event) => set(Number(event.target.value));
const at = (seconds) => moment(new Date((seconds + SINCE_1970) * 1000));
const till = (end) => (end === null ? t("until it changes") : t("until {end}", { end: at(end) }));
const watts = (power) => amount(power, "W", 0);
const flow = (power, unit) => (unit === "kWh" || power === null ? watts(power) : amount(power / 1000, `${unit}/h`));

export default function Simulator() {
  const told = useTopic("simulator");
  const [{ house, problem }, take] = useState({});
  const [open, show] = useState(null);
  const look = () =>
    link.call("get_simulated_house").then(
      (found) => take({ house: found }),
      (error) => take((last) => ({ ...last, problem: error })), // what was there stays to be seen
    );
  useEffect(() => {
    const timer = setInterval(look, EVERY);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => void look(), [told]);
  if (problem?.code === NO_SUCH_METHOD) {
    return html`<p class="empty">${t("No simulated house (radio.type or radio.path: simulated)")}</p>`;
  }
  if (!house) return html`<p class="quiet" aria-busy="true">…</p>`;
  const act = (method, args) => link.call(method, args).then(look);
  const close = () => show(null);
  const Opened = open?.Component;
  return html`<${House} house=${house} act=${act} show=${show} />
    <div class="cards">
      ${house.devices.map(
        (device) => html`<${Device} key=${device.device_address} device=${device} act=${act} show=${show} />`,
      )}
    </div>
    ${!house.devices.length && html`<p class="empty">${t("Nothing is in the house yet. Add a device, or load a household.")}</p>`}
    <p><small>${t("Kept until the bridge starts again.")}</small></p>
    ${Opened && html`<${Opened} house=${house} device=${open.device} act=${act} close=${close} />`}`;
}

/** Return what a control shows: the value, or what was asked for as long as that is under way. */
function useWish(value, set) {
  const [wished, wish] = useState(null);
  const ask = (wanted) => {
    wish(wanted);
    return set(wanted).catch(complain).then(() => wish(null));
  };
  return [wished ?? value, ask, wish];
}

function House({ house, act, show }) {
  const [speed, run] = useWish(house.speed, (wanted) => act("set_simulated_speed", { speed: wanted }));
  const speeds = [...new Set([...SPEEDS.filter((one) => one <= house.fastest), house.speed])].sort((one, other) => one - other);
  return html`<section class="card house row" aria-label=${t("House time")}>
    <p class="field"><small>${t("House time")}</small><strong class="number">${at(house.utc_time)}</strong></p>
    ${house.speed !== null &&
    html`<label class="field"><small>${t("Speed of time")}</small>
      <select value=${speed} onChange=${given(run)} disabled=${!may("command")}>
        ${speeds.map((one) => html`<option value=${one}>${number(one)}×</option>`)}
      </select></label>`}
    ${house.module && html`<p class="field"><small>${t("Emulated module")}</small><strong>${house.module}</strong></p>`}
    <span class="stretch"></span>
    <${Button} class="primary" onClick=${() => show({ Component: Adding })}>
      <${Icon} name="add" />${t("Add a device")}<//>
    <${Button} onClick=${() => show({ Component: Weather })}><${Icon} name="frames" />${t("Frames")}<//>
    <${Action} run=${save}><${Icon} name="download" />${t("Save household")}<//>
    <${Button} onClick=${() => show({ Component: Loading })}>${t("Load household")}<//>
  </section>`;
}

// one device

const FACES = {
  meter: Meter,
  sub_meter: Meter,
  display: Display,
  thermostat: Load,
  load_control: Load,
  smart_plug: Plug,
  two_outlet_plug: Outlets,
  remote_control: Remote,
  lamp: Lamp,
  blind: Blind,
  contact_sensor: Contact,
  room_sensor: Sensor,
  temperature_sensor: Room,
  room_thermostat: Room,
};
const KEYLESS = ["sub_meter", "smart_plug", "two_outlet_plug", "remote_control", "lamp", "blind", "temperature_sensor", "room_sensor", "contact_sensor", "room_thermostat"];

function Device({ device, act, show }) {
  const { name, kind, on, device_address } = device;
  const Face = FACES[kind];
  const own = (method, args) => act(method, { device_address, ...args });
  return html`<article class="card stack simulated" aria-label=${name}>
    <div class="title">
      <div><h2 class="name">${name}</h2><small>${kindOf(kind)}</small></div>
      <${Check} value=${on} set=${(wanted) => own("switch_simulated_device", { on: wanted })} role="switch">${t("On")}<//>
    </div>
    <div class="row"><${Badges} device=${device} /></div>
    ${Face && html`<${Face} device=${device} own=${own} />`}
    <${Network} device=${device} own=${own} show=${show} />
  </article>`;
}

function Button({ children, ...more }) {
  return html`<button disabled=${!may("command")} ...${more}>${children}</button>`;
}

function Check({ value, set, children, ...more }) {
  const [checked, ask] = useWish(value, set);
  return html`<label class="check"><input type="checkbox" checked=${checked} disabled=${!may("command")}
    onChange=${(event) => ask(event.target.checked)} ...${more} />${children}</label>`;
}

function Badges({ device }) {
  const { on, joined, established, waits, loss, delay } = device;
  const where = joined ? "on the network" : on ? "outside" : "off";
  return html`<span class="badge ${joined ? "good" : on ? "warning" : ""}">${t(where)}</span>
    ${established && html`<span class="badge good">${t("proven")}</span>`}
    ${waits && !joined && html`<span class="badge warning">${t("waits to be added")}</span>`}
    ${loss > 0 && html`<span class="badge warning">${t("frames lost")} ${number(loss * 100, 1)} %</span>`}
    ${delay > 0 && html`<span class="badge warning">+ ${amount(delay, "s")}</span>`}`;
}

function Network({ device, own, show }) {
  const { name, on, joined, kind, certificate } = device;
  const isOpen = (Component) => () => show({ Component, device });
  const hasKeys = !KEYLESS.includes(kind);
  return html`<details><summary>${t("Network")}</summary>
    <p><small>${device.device_address}</small></p>
    <div class="row">
      ${joined
        ? html`<${Action} scope="command" run=${() => own("leave_simulated_device")}>${t("Leave")}<//>`
        : html`<${Action} scope="command" disabled=${!on} run=${() => own("join_simulated_device")}>${t("Join")}<//>`}
      ${hasKeys &&
      html`<${Button} onClick=${isOpen(Key)}>${t("Key")}<//>
        <${Button} onClick=${isOpen(Certificate)}>${t("Certificate")}${certificate === "none" ? " –" : ""}<//>`}
      <${Button} onClick=${isOpen(Weather)}>${t("Frames")}<//>
      <${Action} scope="command" class="danger" sure=${`${name}: ${t("Remove")}?`}
        run=${() => own("remove_simulated_device")}>${t("Remove")}<//>
    </div>
  </details>`;
}

// what each kind looks like

const LOWEST = -5000; // watts
const HIGHEST = 10_000;

function Meter({ device, own }) {
  const { usage, rise, unit } = device.shown.meter;
  const { power, load, delivered, received } = device.measured.meter;
  const set = (args) => own("set_simulated_usage", args);
  const how = usage === "rising" ? { usage, rise } : { usage: "fixed" };
  const [drawn, draw, pull] = useWish(Math.round(load), (wanted) => set({ ...how, load: wanted }));
  const [chosen, choose] = useWish(usage, (wanted) => set({ usage: wanted, ...(wanted === "rising" && { rise: 500 }) }));
  const isMine = may("command");
  return html`<div class="row spread">
      <span class="number">${flow(power, unit)}</span>
      <dl class="facts">
        <dt>${t("Register")}</dt><dd>${amount(delivered, unit)}</dd>
        ${received > 0 && html`<dt>${t("Fed in")}</dt><dd>${amount(received, unit)}</dd>`}
      </dl>
    </div>
    <div class="fields">
      <label class="field"><span>${t("Usage")}</span>
        <select value=${chosen} onChange=${(event) => choose(event.target.value)} disabled=${!isMine}>
          <option value="curve">${t("curve of the day")}</option>
          <option value="fixed">${t("fixed")}</option>
          <option value="rising">${t("rising")}</option>
        </select></label>
      ${usage === "rising" &&
      html`<label class="field"><span>${t("Rises by, W per hour")}</span>
        <input type="number" step="100" defaultValue=${rise} disabled=${!isMine}
          onChange=${given((wanted) => set({ usage, rise: wanted }).catch(complain))} /></label>`}
    </div>
    <label class="field"><span>${t("Draws")} <output>${flow(drawn, unit)}</output></span>
      <input type="range" min=${LOWEST} max=${HIGHEST} step="50" value=${drawn} disabled=${!isMine}
        aria-valuetext=${flow(drawn, unit)} onInput=${given(pull)} onChange=${given(draw)} /></label>`;
}

/** Have a device of the house told something over its air, as anybody tells it. */
async function tell(device, method, args) {
  const { status, reason } = await link.call(method, { destination_address: device.device_address, ...args });
  if (status) throw new Error(`${device.name}: ${reason}`);
}

function Switch({ device }) {
  const flip = (on) => tell(device, "switch_device", { command: on ? "on" : "off" });
  return html`<${Check} value=${device.shown.on_off.on} set=${flip} role="switch">${t("Switched on")}<//>`;
}

function Plug({ device, own }) {
  return html`<${Switch} device=${device} /><${Meter} device=${device} own=${own} />`;
}

/** How far something is: told once the slider is let go. */
function Slider({ name, value, most, min = 0, set }) {
  const [there, ask, pull] = useWish(value, set);
  const shown = `${number((there / most) * 100, 0)} %`;
  return html`<label class="field"><span>${name} <output>${shown}</output></span>
    <input type="range" min=${min} max=${most} value=${there} disabled=${!may("command")}
      aria-valuetext=${shown} onInput=${given(pull)} onChange=${given(ask)} /></label>`;
}

const BRIGHTEST = 254;

function Lamp({ device }) {
  const set = (level) => tell(device, "set_light", { level });
  return html`<${Switch} device=${device} />
    <${Slider} name=${t("Level")} value=${device.shown.light.level} min="1" most=${BRIGHTEST} set=${set} />`;
}

function Blind({ device }) {
  const set = (position) => tell(device, "set_cover", { position });
  return html`<${Slider} name=${t("Open")} value=${device.shown.cover.position} most="100" set=${set} />`;
}

function Contact({ device, own }) {
  const move = (open) => own("move_simulated_door", { open });
  return html`<${Check} value=${device.shown.door.open} set=${move} role="switch">${t("Open")}<//>`;
}

function Sensor({ device }) {
  const { humidity, pressure, illuminance, occupied, battery } = device.shown.room;
  const fact = (name, value) => html`<dt>${t(name)}</dt><dd>${value}</dd>`;
  return html`${occupied && html`<div><span class="badge">${t("somebody is there")}</span></div>`}
    <dl class="facts">
      ${fact("Humidity", amount(humidity, "%", 0))}${fact("Pressure", amount(pressure, "hPa", 0))}
      ${fact("Light", amount(illuminance, "lx", 0))}${fact("Battery", amount(battery, "%", 1))}
    </dl>`;
}

function Outlets({ device }) {
  const { on_off: first, second_on_off: second } = device.shown;
  const outlet = (name, { on }, destination_endpoint_id) => html`<${Check} value=${on} role="switch" set=${(wanted) =>
    tell(device, "switch_device", { command: wanted ? "on" : "off", destination_endpoint_id })}>${name}<//>`;
  return html`${outlet(t("First outlet"), first, 1)}${outlet(t("Second outlet"), second, 2)}`;
}

function Remote({ own }) {
  const press = (button, word) =>
    html`<${Action} scope="command" run=${() => own("press_simulated_button", { button })}>${word}<//>`;
  return html`<div class="row">${press("on", t("Press on"))}${press("off", t("Press off"))}</div>`;
}

/** What a thermostat aims at. What is being typed stays, although the house is told of all the time. */
function Aim({ device, name, value }) {
  const set = (wanted) => tell(device, "set_thermostat", { [`${name}_setpoint`]: Number(wanted) });
  const [typed, ask, type] = useWish(value, set);
  return html`<label class="field"><span>${t(name)}, °C</span>
    <input type="number" step="0.5" value=${typed} disabled=${!may("command")} onInput=${({ target }) => type(target.value)}
      onChange=${({ target }) => target.value && ask(target.value)} onBlur=${() => type(null)} /></label>`;
}

function Room({ device }) {
  const { heating, cooling, mode, scheduled } = device.shown.thermostat ?? {};
  const aim = (name, value) => html`<${Aim} device=${device} name=${name} value=${value} />`;
  return html`<div class="row spread">
      <span class="number">${amount(device.measured.temperature, "°C", 1)}</span>
      ${mode && html`<span class="badge">${t(mode)}</span>`}
      ${scheduled && html`<span class="badge">${t("by schedule")}</span>`}
    </div>
    ${mode && html`<div class="fields">${aim("heating", heating)}${cooling !== null && aim("cooling", cooling)}</div>`}`;
}

function Display({ device, own }) {
  const { prices, message, confirm_after } = device.shown;
  const itself = (wanted) => own("set_simulated_confirmation", { confirm_after: wanted ? 5 : null });
  const consumption = device.measured.consumption;
  if (!device.on) return html`<div class="screen off"></div>`;
  return html`<div class="screen stack">
    ${prices.map(
      (one) => html`<div>
        <span class="number">${amount(one.amount, `${one.currency}/${one.unit}`, one.digits)}</span>
        <div>${[one.rate_label, one.tier && t("tier {tier}", one)].filter(Boolean).join(" · ")}</div>
        <small>${at(one.start)} ${till(one.end)} · ${t("Event {id}", { id: one.issuer_event_id })}</small>
      </div>`,
    )}
    ${!prices.length && html`<div class="dim">${t("No price")}</div>`}
    ${consumption &&
    html`<div>${t("Consumption")} <strong>${flow(consumption.power, consumption.unit)}</strong> · ${amount(consumption.delivered, consumption.unit)}</div>`}
    <div class="message" role="status">
      ${message
        ? html`<p class="name">${"!".repeat(message.importance)} ${message.message}</p>
            <small>${at(message.start)} ${till(message.end)}</small>`
        : html`<span class="dim">${t("No message")}</span>`}
    </div>
    <${Action} scope="command" class="primary" disabled=${!message?.waits}
      run=${() => own("confirm_simulated_message")}>${t("Confirm")}<//>
  </div>
  <${Check} value=${confirm_after !== null} set=${itself}>${t("Confirms by itself")}<//>`;
}

function Load({ device, own }) {
  const { load, opt_out, events, heating, cooling } = device.shown.load_control;
  const choose = (out) => own("opt_out_simulated_device", out);
  return html`<div class="row spread">
      <span class="number">${watts(device.measured.power)}</span><span class="quiet">/ ${watts(load)}</span>
      ${heating !== undefined &&
      html`<dl class="facts"><dt>${t("heating")}</dt><dd>${amount(heating, "°C", 1)}</dd>
        <dt>${t("cooling")}</dt><dd>${amount(cooling, "°C", 1)}</dd></dl>`}
    </div>
    ${events.map(({ issuer_event_id: id, start, end, participates, mandatory }) => {
      const change = () => choose({ opt_out: participates, issuer_event_id: id });
      return html`<div class="row spread">
        <div><strong>${t("Event {id}", { id })}</strong><br /><small>${at(start)} ${till(end)}</small></div>
        ${mandatory
          ? html`<span class="badge">${t("mandatory")}</span>`
          : html`<${Action} scope="command" run=${change}>${t(participates ? "Opt out" : "Opt in")}<//>`}
      </div>`;
    })}
    ${!events.length && html`<p class="quiet">${t("No event")}</p>`}
    <${Check} value=${opt_out} set=${(wanted) => choose({ opt_out: wanted })}>${t("Takes no part in events")}<//>`;
}

// dialogs

/** Return what was filled in, without what was left empty. */
const filled = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));

/** Return an installation code by chance, as hex digits: 16 octets and their CRC-16/X-25. */
function randomCode() {
  const octets = crypto.getRandomValues(new Uint8Array(16));
  let crc = 0xffff;
  for (const octet of octets) {
    crc ^= octet;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >> 1) ^ 0x8408 : crc >> 1;
  }
  crc ^= 0xffff;
  return [...octets, crc & 0xff, crc >> 8].map((one) => one.toString(16).padStart(2, "0")).join("");
}

function Ask({ title, label = t("Set"), send, close, children, below }) {
  return html`<${Dialog} title=${title} onClose=${close}>
    <${Form} send=${(values) => send(values).then(close)} label=${label}>${children}<//>
    ${below}
  <//>`;
}

function Code({ hint }) {
  const input = useRef(null);
  const fill = () => {
    input.current.value = randomCode();
  };
  return html`<${Field} label=${t("Installation code")} hint=${hint}>
      <input ref=${input} name="installation_code" autocomplete="off" /><//>
    <div class="actions"><button type="button" onClick=${fill}>${t("A code by chance")}</button></div>`;
}

function Adding({ house, act, close }) {
  const send = (values) => act("add_simulated_device", filled(values));
  return html`<${Ask} title=${t("Add a device")} label=${t("Add")} send=${send} close=${close}>
    <${Field} label=${t("Kind")}><select name="kind">
      ${house.kinds.map((kind) => html`<option value=${kind}>${kindOf(kind)}</option>`)}
    </select><//>
    <${Field} name="name" label=${t("Name")} required maxlength="64" />
    <${Field} name="device_address" label=${t("Address")} placeholder="00:0d:6f:00:0a:00:00:09" />
    <${Code} hint=${t("Without one, the gateway is told.")} />
  <//>`;
}

function Key({ device: { name, device_address }, act, close }) {
  const set = (values) => act("set_simulated_key", { device_address, ...filled(values) });
  const below = html`<${Action} scope="command" run=${() => set({}).then(close)}>${t("That of the house")}<//>`;
  return html`<${Ask} title=${`${name}: ${t("Key")}`} send=${set} close=${close} below=${below}>
    <${Code} hint=${t("It leaves, and waits to be added with it.")} />
    <${Field} name="link_key" label=${t("Link key")} />
  <//>`;
}

function Certificate({ device: { name, device_address }, act, close }) {
  const set = (values) => act("set_simulated_certificate", { device_address, ...values });
  const other = (label, values) => html`<${Action} scope="command" run=${() => set(values).then(close)}>${label}<//>`;
  const below = html`<div class="actions">
    ${other(t("That of the house"), {})} ${other(t("No certificate"), { certificate: null })}
  </div>`;
  return html`<${Ask} title=${`${name}: ${t("Certificate")}`} send=${set} close=${close} below=${below}>
    <${Text} name="certificate" label=${t("Certificate")} />
  <//>`;
}

/** Frames are lost and late: those of a device, or all. */
function Weather({ house, device, act, close }) {
  const { name, loss, delay, device_address } = device ?? house;
  const send = (given) =>
    act("set_simulated_air", { device_address, loss: given.loss / 100, delay: Number(given.delay) });
  return html`<${Ask} title=${[name, t("Frames")].filter(Boolean).join(": ")} send=${send} close=${close}>
    <${Field} name="loss" type="number" min="0" max="100" step="any" required
      label=${t("Lost, per cent")} defaultValue=${Number((loss * 100).toFixed(3))} />
    <${Field} name="delay" type="number" min="0" max="60" step="any" required
      label=${t("Delay, seconds")} defaultValue=${delay} />
  <//>`;
}

function Loading({ act, close }) {
  const send = (values) => act("load_simulated_household", values);
  return html`<${Ask} title=${t("Load household")} label=${t("Load")} send=${send} close=${close}>
    <p>${t("The devices that are there leave.")}</p>
    <${Text} name="household" label="YAML" />
  <//>`;
}

/** A text that is written, or taken from a file. */
function Text({ name, label }) {
  const area = useRef(null);
  const take = async (event) => {
    area.current.value = await event.target.files[0].text();
  };
  return html`<${Field} label=${t("File")}><input type="file" onChange=${take} /><//>
    <${Field} label=${label}><textarea ref=${area} class="code" name=${name} required></textarea><//>`;
}

/** Have the browser keep the household as a file. */
async function save() {
  const { household } = await link.call("get_simulated_household");
  const address = URL.createObjectURL(new Blob([`${household}\n`], { type: "application/yaml" }));
  Object.assign(document.createElement("a"), { href: address, download: "household.yaml" }).click();
  URL.revokeObjectURL(address);
}
