// One frame with each of its fields, and what they mean.

import { html } from "../vendor/preact.js";
import { useCommand } from "../hooks.js";
import { translated } from "../language.js";
import { link } from "../link.js";
import { Action } from "./action.js";
import { Icon } from "./icon.js";

const t = translated({
  "Close": "Schließen",
  "Frame {number}": "Rahmen {number}",
  "This frame is not kept any more.": "Dieser Rahmen ist nicht mehr da.",
  "device": "Gerät",
  "endpoints": "Endpunkte",
  "key": "Schlüssel",
  "link": "Verbindung",
  "network": "Netz",
  "delivery": "Zustellung",
  "fields": "Felder",
  "header": "Kopf",
  "value": "Wert",
  "zeros for keys and codes": "Nullen statt Schlüsseln und Codes",
  "Send again": "Noch einmal senden",
  "sent": "gesendet",
});

const hex = (value) => `0x${value.toString(16).toUpperCase().padStart(value > 0xff ? 4 : 2, "0")}`;

function shown(name, value) {
  if (Array.isArray(value)) return value.map((one) => shown(name, one)).join(", ");
  if (value instanceof Object) return JSON.stringify(value);
  return typeof value === "number" && /id|clus|control|flag/i.test(name) ? hex(value) : `${value ?? ""}`;
}

/** Return parts as rows; what a part is made of stands below it. */
function rows(parts, depth = 0) {
  return parts.flatMap(({ name, value, meaning, parts: inside = [] }) => [
    html`<tr><td class="depth-${depth}">${name || t("value")}</td><td>${shown(name, value)}</td><td class="quiet">${meaning}</td></tr>`,
    ...rows(inside, depth + 1),
  ]);
}

function Told({ frame }) {
  const facts = {
    device: `${frame.device_address ?? ""} ${frame.network_address}`,
    endpoints: `${frame.source_endpoint_id} → ${frame.destination_endpoint_id}`,
    cluster: `${hex(frame.profile_id)} ${hex(frame.cluster_id)} ${frame.cluster}`,
    key: t(frame.enable_aps_encryption ? "link" : "network"),
    RSSI: frame.rssi && `${frame.rssi} dBm`,
    delivery: frame.delivery,
    "zeros for keys and codes": frame.hidden_octets,
  };
  return html`<dl class="facts">${Object.entries(facts).map(([word, text]) => text && html`<dt>${t(word)}</dt><dd>${text}</dd>`)}</dl>
    ${["fields", "header"].map((one) => html`<h3>${t(one)}</h3><table><tbody>${rows(frame[one])}</tbody></table>`)}
    <pre tabindex="0">${frame.payload.replace(/../g, "$& ")}${frame.rest && `\n+ ${frame.rest}`}</pre>`;
}

/** A frame by its number; on the simulated air it can be sent again. */
export function FrameFields({ number, isSimulated, close }) {
  const { result, error } = useCommand("get_frames", { since: number - 1, limit: 1, explain: true });
  const frame = result?.frame_list.find((one) => one.number === number);
  const problem = error?.message ?? frame?.problem ?? (result && !frame && t("This frame is not kept any more."));
  const title = t("Frame {number}", { number });
  return html`<section class="card frame-fields" aria-label=${title}>
    <div class="title"><h2>${title}</h2><button class="plain" aria-label=${t("Close")} onClick=${close}><${Icon} name="close" /></button></div>
    ${problem && html`<p class="problem" role="alert">${problem}</p>`}
    ${frame && html`<${Told} frame=${frame} />`}
    ${isSimulated && html`<${Action} done=${t("sent")} run=${() => link.call("replay_frame", { number })}><${Icon} name="refresh" />${t("Send again")}<//>`}
  </section>`;
}
