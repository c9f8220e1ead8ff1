// Letting a device in: its label, and how far it is, or why it does not get on.

import { html, useState } from "../vendor/preact.js";
import { useNow, useTopic, useTopics } from "../hooks.js";
import { translated } from "../language.js";
import { link } from "../link.js";
import { Action } from "./action.js";
import { Dialog } from "./dialog.js";
import { Field, Form } from "./form.js";
import { addressOf, readLabel } from "./labels.js";

const t = await translated("parts/join_wizard");

const STEPS = {
  joined: "is on the network",
  interviewed: "told what it has",
  complete: "is ready",
  failed: "failed",
  left: "left again",
};
const OPEN = 240; // seconds

function Label({ started }) {
  const [label, write] = useState("");
  const [fields, take] = useState({ address: "", code: "" });
  const pasted = (event) => {
    write(event.target.value);
    const { address, code } = readLabel(event.target.value);
    take({ address: address ? addressOf(address) : fields.address, code: code ?? fields.code });
  };
  const typed = (name) => (event) => take({ ...fields, [name]: event.target.value });
  const send = async ({ device_address, installation_code, link_key, minutes }) => {
    const args = { device_address, join_time: Math.round(Number(minutes) * 60) };
    if (installation_code) args.installation_code = installation_code;
    if (link_key) args.link_key = link_key;
    await link.call("add_device", args);
    started(addressOf(device_address));
  };
  return html`<${Form} send=${send} label=${t("Open the network")}>
    <${Field} label=${t("What stands on the label, or in its QR code")}
      hint=${t("Paste it as it is: address and installation code are looked for.")}>
      <textarea rows="2" class="short" value=${label} onInput=${pasted} spellcheck=${false}></textarea><//>
    <${Field} name="device_address" label=${t("Address (EUI-64, MAC)")} required value=${fields.address}
      onInput=${typed("address")} hint=${t("16 hex digits, with any delimiters")} />
    <${Field} name="installation_code" label=${t("Installation code")} value=${fields.code}
      onInput=${typed("code")} hint=${t("16, 20, 28 or 36 hex digits; a digit that is wrong is noticed")} />
    <details><summary>${t("Link key instead")}</summary>
      <${Field} name="link_key" label=${t("Link key instead")} hint=${t("32 hex digits; only for devices that come without a code")} /></details>
    <${Field} name="minutes" label=${t("Minutes")} type="number" min="1" max="60" value=${OPEN / 60} />
  <//>`;
}

function Progress({ device, again }) {
  const [told, hear] = useState({ step: null, percent: 0 });
  const joining = useTopic("joining");
  useTopics(["notification/joining_progress"], (_topic, one) => {
    if (addressOf(one.device_address) === device) hear((last) => ({ ...last, ...one }));
  });
  const now = useNow(1);
  const left = joining?.until ? Math.max(0, Math.round((new Date(joining.until) - now) / 1000)) : joining?.remaining ?? 0;
  const { step, percent = 0, description } = told;
  const isOver = step === "complete" || step === "failed" || step === "left";
  return html`<div class="stack">
    <p class="name"><code>${device}</code></p>
    <progress max="100" value=${percent} aria-label=${t(STEPS[step] ?? "waits for the device")}></progress>
    <p role="status"><strong class=${step === "failed" ? "problem" : ""}>${t(STEPS[step] ?? "waits for the device")}</strong> · ${percent} %</p>
    ${description && html`<p class=${step === "failed" || step === "left" ? "problem" : "quiet"}>${description}</p>`}
    ${!step && left > 0 && html`<p>${t("Now press what the device's manual says, or give it power.")}</p>`}
    ${!isOver && html`<p class="quiet">${left > 0 ? t("The network is open for {seconds} s more.", { seconds: left })
      : step ? "" : t("The network is closed again. Nothing came: is the device near enough, on the same channel, and reset to join?")}</p>`}
    <div class="actions">
      ${step === "complete" && html`<a class="button" href="#/devices/${device.replaceAll(":", "")}">${t("Show it")}</a>`}
      ${left > 0 && html`<${Action} scope="command" run=${() => link.call("enable_joining", { join_time: 0 })}>${t("Close the network")}<//>`}
      <button type="button" onClick=${again}>${t("Another device")}</button>
    </div>
  </div>`;
}

/** The dialog in which a device is let in. */
export function JoinWizard({ onClose }) {
  const [device, start] = useState(null);
  return html`<${Dialog} title=${t("Let a device in")} onClose=${onClose}>
    ${device ? html`<${Progress} device=${device} again=${() => start(null)} />` : html`<${Label} started=${start} />`}
  <//>`;
}
