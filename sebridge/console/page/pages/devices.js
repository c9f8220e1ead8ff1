// The devices of the network, and all that is known of each: endpoints, clusters, attributes.

import { html, useState } from "../vendor/preact.js";
import { useNow, useTopics, useWords } from "../hooks.js";
import { ago, amount, moment, number as count, translated } from "../language.js";
import { link } from "../link.js";
import { Action } from "../parts/action.js";
import { Dialog } from "../parts/dialog.js";
import { Field, Form } from "../parts/form.js";
import { Icon } from "../parts/icon.js";
import { JoinWizard } from "../parts/join_wizard.js";
import { NetworkMap } from "../parts/network_map.js";
import { tell } from "../parts/notices.js";

const t = await translated("pages/devices");

// Source: ZigBee Cluster Library and Smart Energy profile, cluster identifiers
const CLUSTERS = {
  0: "Basic", 1: "Power Configuration", 3: "Identify", 4: "Groups", 5: "Scenes", 6: "On/Off", 8: "Level Control",
  10: "Time", 21: "Commissioning", 25: "OTA Upgrade", 32: "Poll Control", 37: "Keep-Alive", 513: "Thermostat",
  1026: "Temperature Measurement", 1792: "Price", 1793: "Demand Response and Load Control", 1794: "Metering",
  1795: "Messaging", 1796: "Tunneling", 1797: "Prepayment", 1799: "Calendar", 2048: "Key Establishment",
  2820: "Electrical Measurement",
};
const KINDS = ["coordinator", "router", "end device"];
const OURS = { 0x0109: 0x5e, 0x0104: 1 }; // endpoints of the gateway, by their profiles
const hex = (id) => `0x${id.toString(16).toUpperCase().padStart(4, "0")}`;
const number = (text) => Number(text.trim());
const METERING = 1794;
const AT_ONCE = 6; // attributes that are read together: their answer has room in one frame
const ROWS = 200; // devices that are listed, and by how many more at a time

function Availability({ state }) {
  return html`<span class="badge ${state === "online" ? "good" : "warning"}">${t(state ?? "offline")}</span>`;
}

/** Have devices asked for all that they have, and tell how far that is until it is over. */
async function discover(show) {
  await link.call("refresh_device_information", { full_refresh: true });
  let round;
  do {
    round = await link.call("get_refresh_progress");
    show(round);
    if (round.left) await new Promise((go) => setTimeout(go, 1000));
  } while (round.left);
}

function Round({ asked, left, failed }) {
  const said = t("{done} of {asked} asked", { done: asked - left, asked });
  return html`<p role="status">${left > 0 && html`<progress max=${asked} value=${asked - left} aria-label=${said} /> `}
    ${said}${failed > 0 && `, ${t("{failed} without an answer", { failed })}`}</p>`;
}

function List({ open }) {
  const [wanted, search] = useState("");
  const [most, show] = useState(ROWS);
  const [isMapped, map] = useState(false);
  const [round, tellRound] = useState(null);
  const topics = useTopics(["device/+", "device/+/availability"]);
  const now = useNow();
  const devices = [...topics].filter(([topic]) => topic.split("/").length === 2)
    .map(([topic, facts]) => ({ id: topic.split("/")[1], state: topics.get(`${topic}/availability`), ...facts }))
    .sort((one, other) => one.name.localeCompare(other.name));
  const found = devices.filter((one) => `${one.name} ${one.id} ${one.model} ${one.manufacturer}`.toLowerCase().includes(wanted.toLowerCase()));
  return html`<div class="stack">
    <div class="row">
      <button class="primary" onClick=${open}><${Icon} name="add" />${t("Let a device in")}</button>
      <${Action} scope="command" done=${t("asked")} run=${() => link.call("refresh_device_information")}>${t("Refresh")}<//>
      <${Action} scope="command" run=${() => discover(tellRound)}>${t("Discover all anew")}<//>
      <button aria-expanded=${isMapped} onClick=${() => map(!isMapped)}>${t("Network map")}</button>
      <input class="narrow" type="search" placeholder=${t("Search devices")} aria-label=${t("Search devices")} value=${wanted}
        onInput=${(event) => search(event.target.value)} />
    </div>
    ${round && html`<${Round} ...${round} />`}
    ${isMapped && html`<${NetworkMap} />`}
    ${devices.length === 0 ? html`<p class="empty">${t("No device is known yet. Let one in, and it appears here.")}</p>`
      : found.length === 0 ? html`<p class="empty">${t("No device is called so.")}</p>`
      : html`<div class="card scroll" tabindex="0"><table>
        <thead><tr>${["Name", "State", "Last heard", "Address", "Signal"].map((one, place) => html`<th scope="col" class=${place > 1 ? "wide-only" : ""}>${t(one)}</th>`)}</tr></thead>
        <tbody>${found.slice(0, most).map((one) => html`<tr key=${one.id}>
          <td><a class="name" href="#/devices/${one.id}">${one.name}</a><br /><small>${[one.manufacturer, one.model].filter(Boolean).join(" · ")}</small></td>
          <td><${Availability} state=${one.state} /><div class="narrow-only"><small>${ago(one.last_seen, now)}</small></div></td>
          <td class="wide-only" title=${moment(one.last_seen)}>${ago(one.last_seen, now)}</td>
          <td class="wide-only"><code>${one.addr_extended}</code></td>
          <td class="wide-only">${one.lqi === null ? "–" : `LQI ${one.lqi}`}</td></tr>`)}</tbody></table></div>
      ${found.length > most && html`<div class="row"><span class="quiet" role="status">${t("{shown} of {all} devices", { shown: count(most, 0), all: count(found.length, 0) })}</span>
        <button onClick=${() => show(most + ROWS)}>${t("Show more")}</button></div>`}`}
  </div>`;
}

function Facts({ facts, state, serial }) {
  const now = useNow();
  const rows = [
    ["State", html`<${Availability} state=${state} />`], ["Address", html`<code>${facts.addr_extended}</code>`],
    ["Short address", html`<code>0x${facts.addr_short}</code>`], ["Kind", t(KINDS[facts.node_type] ?? "end device")],
    ["Manufacturer", facts.manufacturer ?? "–"], ["Model", facts.model ?? "–"],
    ["Last heard", `${ago(facts.last_seen, now)} (${moment(facts.last_seen)})`],
    ["Signal", facts.lqi === null ? "–" : `LQI ${facts.lqi}${facts.rssi === null ? "" : `, ${facts.rssi} dBm`}`],
    ...(serial ? [["Serial port", `${serial.node_id || "–"}, TCP ${serial.tcp_port}`]] : []),
  ];
  return html`<section class="card"><dl class="facts">${rows.map(([name, value]) => html`<dt>${t(name)}</dt><dd>${value}</dd>`)}</dl></section>`;
}

const WORDS = { energy_in: "Import", energy_out: "Export", power: "Power" };

function Why({ raw, multiplier, divisor, offset, problem }) {
  const word = useWords();
  const is = raw === null ? "–" : `${raw} × ${multiplier} / ${divisor}${offset ? ` + ${offset}` : ""}`;
  return html`<dd>${is} ${problem && html`<span class="badge warning">${word(problem)}</span>`}</dd>`;
}

function Firmware({ device, told }) {
  const word = useWords();
  const { installed_version, latest_version, state, percent, reason, notes } = told;
  const isUnderWay = ["scheduled", "waiting", "offered", "downloading", "loaded", "installing"].includes(state);
  const isNewer = latest_version !== installed_version;
  const call = (method) => () => link.call(method, { destination_address: device });
  return html`<section class="card"><h3>${t("Firmware")}</h3><div class="row">
    <span><code>${installed_version ?? "–"}</code>${isNewer && html` → <code>${latest_version}</code>`}</span>
    ${state && state !== "done" && html`<span role="status">${word(state)}${state === "downloading" ? ` ${percent} %` : ""}${reason ? `: ${reason}` : ""}</span>`}
    ${state === "downloading" && html`<progress max="100" value=${percent} aria-label=${word(state)} />`}
    ${isNewer && (!isUnderWay || state === "loaded") && html`<${Action} scope="command" done=${t("begun")} run=${call("update_firmware")}>${state === "loaded" ? t("Run it") : t("Update")}<//>`}
    ${isUnderWay && state !== "installing" && html`<${Action} scope="command" done=${t("aborted")} run=${call("abort_firmware_update")}>${t("Abort")}<//>`}
  </div>${notes && html`<p class="quiet">${notes}</p>`}</section>`;
}

function Metering({ reading }) {
  const values = [["energy_in", reading.unit], ["energy_out", reading.unit], ["power", reading.power_unit]]
    .filter(([name]) => reading[name] !== null && reading[name] !== undefined);
  return html`<div><div class="row spread">${values.map(([name, unit]) => html`<div><small>${t(WORDS[name])}</small><div class="number">${amount(reading[name], unit)}</div></div>`)}</div>
    <details><summary>${t("Why")}</summary><dl class="facts">
      ${Object.entries(reading.why).map(([name, why]) => html`<dt>${WORDS[name] ? t(WORDS[name]) : name}</dt><${Why} ...${why} />`)}</dl></details></div>`;
}

/** Return what a meter's register comes to in its unit; nothing where that is not known. */
function scaled(name, value, reading) {
  const isPower = name === "instantaneous_demand";
  const { multiplier, divisor } = reading?.why?.[isPower ? "power" : "energy_in"] ?? {};
  const isRegister = isPower || /^current_(summ|tier\d+_summ)/.test(name);
  if (!isRegister || !divisor || typeof value !== "number") return "";
  return amount((value * multiplier) / divisor, isPower ? reading.power_unit : reading.unit);
}

/** How an attribute comes, and why: `other` is what the device's topic tells of those that are not reported. */
function Way({ other }) {
  const word = useWords();
  if (!other) return t("report");
  return html`<span class=${other.how === "unavailable" ? "quiet" : ""}>${t(other.how)}: ${word(other.why)}</span>`;
}

function Attributes({ values, others, reading }) {
  const now = useNow();
  const missing = Object.entries(others).filter(([name]) => !values.some(([known]) => known === name));
  if (values.length + missing.length === 0) return html`<p class="quiet">${t("Nothing was reported or read yet.")}</p>`;
  return html`<div class="scroll" tabindex="0"><table class="attributes">
    <thead><tr>${["Attribute", "Value", "Age", "Comes", "Raw", "Type"].map((one) => html`<th scope="col">${t(one)}</th>`)}</tr></thead>
    <tbody>${values.map(([name, one]) => html`<tr key=${name}><td class="name">${name}</td>
      <td class="name">${typeof one.value === "object" ? JSON.stringify(one.value) : String(one.value)} <small>${scaled(name, one.value, reading)}</small></td>
      <td title=${moment(one.time)}>${ago(one.time, now)}</td><td>${!one.isRead && html`<${Way} other=${others[name]} />`}</td><td><code>${one.raw}</code></td><td>${one.type}</td></tr>`)}
    ${missing.map(([name, other]) => html`<tr key=${name}><td class="name">${name}</td><td>–</td><td>–</td><td><${Way} other=${other} /></td><td></td><td></td></tr>`)}</tbody></table></div>`;
}

function idsOf(text) {
  return text.split(/[\s,]+/).filter(Boolean).map((one) => ({ attribute_id: Number(one) }));
}

function Ask({ what, cluster: common, profile, close }) {
  const [answer, take] = useState(null);
  const { destination_address, destination_endpoint_id, cluster_id } = common;
  const place = { destination_address, destination_endpoint_id, cluster_id };
  const tasks = {
    Read: ({ ids }) => link.call("read_attributes", { ...common, record_list: idsOf(ids) }),
    Write: ({ id, value, type }) => {
      const record = { attribute_id: number(id), value: /^-?\d+$/.test(value) ? number(value) : value };
      if (type) record.attribute_type = number(type);
      return link.call("write_attributes", { ...common, record_list: [record] });
    },
    Report: ({ id, least, most, change }) => link.call("start_receiving_reports", { ...common, record_list: [
      { attribute_id: number(id), min_interval: number(least), max_interval: number(most), ...(change ? { reportable_change: number(change) } : {}) }] }),
    "Stop reports": ({ ids }) => link.call("stop_receiving_reports", { ...common, record_list: idsOf(ids) }),
    Bind: ({ ours }) => link.call("bind", { ...place, source_endpoint_id: number(ours) }),
    Unbind: ({ ours }) => link.call("unbind", { ...place, source_endpoint_id: number(ours) }),
  };
  const id = html`<${Field} name="id" label=${t("Attribute")} required hint="0x0000" />`;
  const ids = html`<${Field} name="ids" label=${t("Attribute ids")} required hint=${t("such as 0x0000, 0x0400")} />`;
  const ours = html`<${Field} name="ours" label=${t("Our endpoint")} type="number" min="1" max="240" value=${OURS[profile] ?? 1} required />`;
  const fields = {
    Read: ids, "Stop reports": ids, Bind: ours, Unbind: ours,
    Write: html`${id}<${Field} name="value" label=${t("Value")} required /><${Field} name="type" label=${t("Type, or nothing to have it found")} />`,
    Report: html`${id}<${Field} name="least" label=${t("At most every (s)")} type="number" min="0" max="65535" value="10" />
      <${Field} name="most" label=${t("At least every (s)")} type="number" min="0" max="65535" value="300" />
      <${Field} name="change" label=${t("Change that is worth a report")} />`,
  };
  const send = async (values) => take(await tasks[what](values));
  return html`<${Dialog} title="${t(what)}: ${CLUSTERS[cluster_id] ?? hex(cluster_id)}" onClose=${close}>
    <${Form} send=${send} label=${t(what)} scope=${what === "Read" ? "read" : "command"}>${fields[what]}<//>
    ${answer && html`<pre tabindex="0" role="status">${JSON.stringify(answer.record_list ?? answer, null, 2)}</pre>`}
  <//>`;
}

/** Ask a device for all attributes of a cluster; return them as topics have them, by the names that are known. */
async function readAll(cluster) {
  const { cluster_id, server_or_client } = cluster;
  const { attribute_list: known } = await link.call("describe_cluster", { cluster_id, server_or_client });
  const names = Object.fromEntries(known.map((one) => [one.attribute_id, one.name]));
  const { record_list: all } = await link.call("discover_attributes", cluster);
  const found = [];
  for (let place = 0; place < all.length; place += AT_ONCE) {
    const record_list = all.slice(place, place + AT_ONCE).map(({ attribute_id }) => ({ attribute_id }));
    const { record_list: read } = await link.call("read_attributes", { ...cluster, record_list });
    const time = new Date().toISOString();
    for (const { attribute_id: id, attribute_type: type, value, octets, status } of read) {
      found.push([names[id] ?? hex(id), { value: status ? `status ${hex(status)}` : value, raw: octets, type: type && hex(type), time, isRead: true }]);
    }
  }
  return found;
}

function Cluster({ id, side, device, endpoint, profile, values, others, reading, ask }) {
  const [read, keep] = useState([]);
  const cluster = { cluster_id: id, server_or_client: side, destination_endpoint_id: endpoint, source_endpoint_id: OURS[profile] ?? 1, destination_address: device };
  const what = side === 0 ? ["Read", "Write", "Report", "Stop reports", "Bind", "Unbind"] : ["Read", "Write"];
  const told = new Map(values);
  for (const [name, one] of read) {
    const before = told.get(name);
    if (!(before?.time > one.time)) told.set(name, { ...one, isRead: !before });
  }
  return html`<details open=${values.length > 0 && side === 0}>
    <summary><strong>${CLUSTERS[id] ?? hex(id)}</strong> <small>${hex(id)} · ${t(side === 0 ? "server" : "client")}</small></summary>
    ${(side === 0 || read.length > 0) && html`<${Attributes} values=${[...told]} others=${others} reading=${reading} />`}
    <div class="actions"><${Action} run=${async () => keep(await readAll(cluster))}>${t("Read all")}<//>${what.map((one) => html`<button key=${one} onClick=${() => ask({ what: one, cluster, profile })}>${t(one)}</button>`)}</div>
  </details>`;
}

/** Return which cluster a level of a topic means: by its name or as 0x0702. */
function clusterOf(level) {
  if (/^0x/i.test(level)) return Number(level);
  const plain = (text) => text.toLowerCase().replace(/smartenergy|[^a-z0-9]/g, "");
  if (level === "drlc") return 1793;
  return Number(Object.keys(CLUSTERS).find((id) => plain(CLUSTERS[id]).startsWith(plain(level))) ?? -1);
}

function SwapMeter({ device, close }) {
  const send = async ({ new_address, old_energy_in, new_energy_in }) => {
    const args = { old_address: device, new_address };
    if (old_energy_in) args.old_energy_in = Number(old_energy_in);
    if (new_energy_in) args.new_energy_in = Number(new_energy_in);
    await link.call("swap_meter", args);
    tell(t("asked for; told when the new meter is there"));
    close();
  };
  return html`<${Dialog} title=${t("Swap the meter")} onClose=${close}><${Form} send=${send} label=${t("Swap the meter")}>
    <${Field} name="new_address" label=${t("Address of the new meter")} required />
    <${Field} name="old_energy_in" label=${t("Register of the old one at the end")} inputmode="decimal" />
    <${Field} name="new_energy_in" label=${t("Register of the new one at the start")} inputmode="decimal" />
  <//><//>`;
}

function Rename({ device, name, close }) {
  const [text, write] = useState(name);
  const send = async (values) => {
    await link.call("rename_device", { device_address: device, ...values });
    close();
  };
  return html`<${Dialog} title=${t("Rename")} onClose=${close}><${Form} send=${send} label=${t("Rename")}>
    <${Field} name="name" label=${t("Name")} value=${text} onInput=${(event) => write(event.target.value)}
      hint=${t("Leave it empty to call it by its kind.")} />
  <//><//>`;
}

function Device({ id }) {
  const topics = useTopics([`device/${id}/#`]);
  const [asked, ask] = useState(null);
  const [isSwapping, swap] = useState(false);
  const [isRenaming, rename] = useState(false);
  const facts = topics.get(`device/${id}`);
  const back = html`<p><a href="#/devices">← ${t("All devices")}</a></p>`;
  if (!facts) return html`${back}<p class="empty">${t("This device is not known.")}</p>`;
  const device = facts.addr_extended;
  const endpoints = Object.values(facts.simple_descriptors ?? {}).filter((one) => one.endpoint_id);
  const attributes = (endpoint, cluster) => [...topics]
    .map(([topic, value]) => [topic.split("/").slice(2), value])
    .filter(([levels]) => levels.length === 3 && Number(levels[0]) === endpoint && clusterOf(levels[1]) === cluster)
    .map(([levels, value]) => [levels[2], value]);
  const notReported = (endpoint, cluster) => Object.fromEntries(Object.entries(facts.not_reported ?? {})
    .map(([place, how]) => [place.split("/"), how])
    .filter(([levels]) => levels.length === 3 && Number(levels[0]) === endpoint && clusterOf(levels[1]) === cluster)
    .map(([levels, how]) => [levels[2], how]));
  const identify = () => link.call("identify", { destination_address: device, destination_endpoint_id: endpoints[0].endpoint_id, identify_time: 10 });
  const remove = async (how = {}) => {
    await link.call("remove_device", { device_address: device, ...how });
    location.hash = "#/devices";
  };
  const readings = endpoints.filter((one) => topics.has(`device/${id}/${one.endpoint_id}/metering`));
  return html`${back}<div class="stack">
    <h2 class="name">${facts.name}</h2>
    <div class="row">
      <${Action} scope="command" done=${t("asked")} run=${() => link.call("refresh_device_information", { device_address: device })}>${t("Refresh")}<//>
      <${Action} scope="command" done=${t("shows itself for 10 s")} disabled=${endpoints.length === 0} run=${identify}>${t("Identify")}<//>
      <button onClick=${() => rename(true)}>${t("Rename")}</button>
      ${readings.length > 0 && html`<button onClick=${() => swap(true)}>${t("Swap the meter")}</button>`}
      <${Action} scope="admin" class="danger" done=${t("removed")} run=${() => remove({ keep_settings: true })}
        sure=${t("Remove this device from the network? Its name comes back with it.")}>${t("Remove, keep its settings")}<//>
      <${Action} scope="admin" class="danger" done=${t("removed")} run=${() => remove()}
        sure=${t("Remove this device from the network? Its topics and entities go with it.")}>${t("Remove")}<//>
    </div>
    <${Facts} facts=${facts} state=${topics.get(`device/${id}/availability`)} serial=${topics.get(`device/${id}/serial`)} />
    ${topics.has(`device/${id}/firmware`) && html`<${Firmware} device=${device} told=${topics.get(`device/${id}/firmware`)} />`}
    ${endpoints.map((one) => html`<section class="card" key=${one.endpoint_id}>
      <h3>${t("Endpoint {id}", { id: one.endpoint_id })} <small>${hex(one.profile_id)} · ${hex(one.device_id)}</small></h3>
      ${topics.has(`device/${id}/${one.endpoint_id}/metering`) && html`<${Metering} reading=${topics.get(`device/${id}/${one.endpoint_id}/metering`)} />`}
      ${[[one.input_clusters, 0], [one.output_clusters, 1]].map(([list, side]) => (list ?? []).map((cluster) => html`<${Cluster}
        key="${side}-${cluster}" id=${cluster} side=${side} device=${device} endpoint=${one.endpoint_id} profile=${one.profile_id}
        values=${attributes(one.endpoint_id, cluster)} others=${notReported(one.endpoint_id, cluster)} reading=${cluster === METERING ? topics.get(`device/${id}/${one.endpoint_id}/metering`) : undefined} ask=${ask} />`))}
    </section>`)}
    ${asked && html`<${Ask} ...${asked} close=${() => ask(null)} />`}
    ${isRenaming && html`<${Rename} device=${device} name=${facts.name} close=${() => rename(false)} />`}
    ${isSwapping && html`<${SwapMeter} device=${device} close=${() => swap(false)} />`}
  </div>`;
}

export default function Devices({ rest: [id] }) {
  const [isJoining, join] = useState(false);
  return html`${id ? html`<${Device} key=${id} id=${id} />` : html`<${List} open=${() => join(true)} />`}
    ${isJoining && html`<${JoinWizard} onClose=${() => join(false)} />`}`;
}
