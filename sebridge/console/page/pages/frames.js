// The frames that the radio hears and sends, live: filtered, explained, written into a file.

import { html, useEffect, useReducer, useRef, useState } from "../vendor/preact.js";
import { useCommand, useLink, useTopic, useTopics } from "../hooks.js";
import { number, translated } from "../language.js";
import { link } from "../link.js";
import { Action } from "../parts/action.js";
import { FrameRows, placeOf } from "../parts/frame_rows.js";
import { Icon } from "../parts/icon.js";
import { save } from "../parts/save.js";

const t = await translated("pages/frames");

const MOST = 10_000; // as many as the bridge keeps
const LASTING = 300; // seconds for which is recorded after somebody looked
const EVERY = 60_000; // milliseconds between looks whether it is recorded for long enough

/** What the bridge has recorded, as far as it was fetched. */
class Recorded {
  frames = [];
  since = 0;
  run = 0; // of the bridge: each numbers frames anew
  isOn = false;
  keepsOn = true;

  /** Fetch what is new; what comes when it is not wanted any more is left for the next time. */
  async fetch(isWanted) {
    let page;
    do {
      page = await link.call("get_frames", { since: this.since, limit: 500 });
      if (!isWanted()) return;
      if (page.last_number < this.since) Object.assign(this, { frames: [], run: this.run + 1 });
      this.since = page.last_number < this.since ? 0 : page.since;
      if (page.frame_list.length) this.frames = [...this.frames, ...page.frame_list].slice(-MOST);
    } while (this.since < page.last_number);
    const left = page.seconds_left;
    this.isOn = left !== 0;
    if (this.keepsOn && left !== null && left < LASTING / 2) await this.record(LASTING);
  }

  async record(seconds) {
    await link.call("record_frames", { seconds });
    this.isOn = this.keepsOn = seconds > 0;
  }
}

/** Fetch whenever the bridge tells that there is something new, and what came meanwhile after that. */
function useRecorded(isPaused) {
  const isWanted = useLink() === "open" && !isPaused;
  const told = useTopic("frames");
  const [, draw] = useReducer((count) => count + 1, 0);
  const [problem, fail] = useState();
  const recorded = useRef(null);
  const look = useRef(null);
  recorded.current ??= new Recorded();
  useEffect(() => {
    if (!isWanted) return undefined;
    let [wanted, busy, more] = [true, false, false];
    look.current = async () => {
      more = true;
      if (busy) return;
      busy = true;
      while (more && wanted && !document.hidden) {
        more = false;
        const error = await recorded.current.fetch(() => wanted).catch((one) => one);
        if (wanted) fail(error);
        if (wanted) draw();
      }
      busy = false;
    };
    const again = () => look.current();
    const timer = setInterval(again, EVERY);
    document.addEventListener("visibilitychange", again);
    return () => {
      wanted = false;
      clearInterval(timer);
      document.removeEventListener("visibilitychange", again);
    };
  }, [isWanted]);
  useEffect(() => void (isWanted && look.current()), [isWanted, told]);
  return [recorded.current, problem];
}

/** Return the frames that are wanted, `key` says which; of those that came only the new are looked at. */
function useWanted(frames, isWanted, key) {
  const seen = useRef({}).current;
  if (!isWanted) return frames;
  if (seen.key !== key) Object.assign(seen, { key, frames, wanted: frames.filter(isWanted) });
  else if (seen.frames !== frames) {
    const left = seen.wanted.slice(placeOf(seen.wanted, frames[0]?.number ?? 0));
    const came = frames.slice(placeOf(frames, (seen.frames.at(-1)?.number ?? 0) + 1));
    Object.assign(seen, { frames, wanted: [...left, ...came.filter(isWanted)] });
  }
  return seen.wanted;
}

/** Have the browser keep what is recorded as a file. */
async function download(direction) {
  const pages = [];
  let page = { since: 0 };
  do {
    page = await link.call("export_frames", { direction, since: page.since });
    pages.push({ base64: page.capture_file });
  } while (page.since < page.last_number);
  save("frames.pcapng", ...pages);
}

const hex = (value) => `0x${value.toString(16).toUpperCase().padStart(value > 0xff ? 4 : 2, "0")}`;

function text(name, value) {
  if (Array.isArray(value)) return value.map((one) => text(name, one)).join(", ");
  if (value instanceof Object) return JSON.stringify(value);
  return typeof value === "number" && /id|clus|control|flag/i.test(name) ? hex(value) : `${value ?? ""}`;
}

/** Return parts as rows; what a part is made of stands below it. */
function rows(parts, depth = 0) {
  return parts.flatMap(({ name, value, meaning, parts: inside = [] }) => [
    html`<tr><td class="depth-${depth}" colspan=${value === undefined ? 3 : 1}>${name || t("value")}</td>
      ${value !== undefined && html`<td>${text(name, value)}</td><td class="quiet">${meaning}</td>`}</tr>`,
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
function FrameFields({ number, isSimulated, close }) {
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

export default function Frames() {
  const [isPaused, pause] = useState(false);
  const [sought, seek] = useState("");
  const [direction, choose] = useState();
  const [open, show] = useState();
  const [recorded, problem] = useRecorded(isPaused);
  const { frames, isOn, run } = recorded;
  const topics = useTopics(["device/+", "simulator"]);
  const name = ({ device_address: device, network_address: nwk, is_broadcast: toAll }) =>
    topics.get(`device/${device?.replaceAll(":", "")}`)?.name || device || (toAll ? t("all") : nwk);
  const isWanted = (one) => (!direction || one.direction === direction) &&
    `${name(one)} ${one.device_address} ${one.cluster} ${one.command} ${one.payload}`.toLowerCase().includes(sought);
  const shown = useWanted(frames, (direction || sought) && isWanted, `${run} ${direction} ${sought}`);
  return html`<div class="stack">
    <div class="row">
      <${Action} scope="admin" class=${isOn ? "primary" : ""} aria-pressed=${isOn}
        run=${() => recorded.record(isOn ? 0 : LASTING)}><${Icon} name="frames" />${t("Record")}<//>
      <button aria-pressed=${isPaused} class=${isPaused ? "primary" : ""} onClick=${() => pause(!isPaused)}>
        <${Icon} name=${isPaused ? "play" : "pause"} />${t("Pause")}</button>
      <${Action} scope="admin" run=${() => download(direction)}><${Icon} name="download" />${t("File for Wireshark")}<//>
      <span class="stretch"></span>
      <span class="quiet">${t("{shown} of {all} frames", { shown: number(shown.length), all: number(frames.length) })}</span>
    </div>
    <div class="fields">
      <label class="field"><span>${t("Search")}</span><input type="search" placeholder="meter, price, 1801…"
        onInput=${(event) => seek(event.target.value.trim().toLowerCase())} /></label>
      <label class="field"><span>${t("Direction")}</span><select onChange=${(event) => choose(event.target.value || undefined)}>
        ${["", "in", "out"].map((one) => html`<option value=${one}>${t(one || "all")}</option>`)}</select></label>
    </div>
    ${problem && html`<p class="problem" role="alert">${problem.message}</p>`}
    ${!shown.length && !problem && html`<p class="empty">${t("No frame is like that, or none has come yet.")}</p>`}
    <div class="frames-and-fields" hidden=${!shown.length}>
      <${FrameRows} frames=${shown} name=${name} open=${open} show=${show} />
      ${open && html`<${FrameFields} number=${open} isSimulated=${topics.has("simulator")} close=${() => show()} />`}
    </div>
  </div>`;
}
