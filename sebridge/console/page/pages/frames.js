// The frames that the radio hears and sends, live: filtered, explained, written into a file.

import { html, useEffect, useMemo, useReducer, useRef, useState } from "../vendor/preact.js";
import { useLink, useTopics } from "../hooks.js";
import { number, translated } from "../language.js";
import { link } from "../link.js";
import { Action } from "../parts/action.js";
import { FrameRows } from "../parts/frame_rows.js";
import { FrameFields } from "../parts/frame_fields.js";
import { Icon } from "../parts/icon.js";

const t = translated({
  "Record": "Aufzeichnen",
  "Pause": "Anhalten",
  "File for Wireshark": "Datei für Wireshark",
  "Search": "Suche",
  "Direction": "Richtung",
  "all": "alle",
  "in": "ein",
  "out": "aus",
  "{shown} of {all} frames": "{shown} von {all} Rahmen",
  "No frame is like that, or none has come yet.": "Kein Rahmen ist so, oder es kam noch keiner.",
});

const MOST = 10_000; // as many as the bridge keeps
const EVERY = 500; // milliseconds
const LASTING = 300; // seconds for which is recorded after somebody looked

/** What the bridge has recorded, as far as it was fetched. */
class Recorded {
  frames = [];
  since = 0;
  isOn = false;
  keepsOn = true;

  async fetch() {
    let page;
    do {
      page = await link.call("get_frames", { since: this.since, limit: 500 });
      if (page.last_number < this.since) this.frames = []; // the bridge was started anew
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

function useRecorded(isPaused) {
  const state = useLink();
  const [, draw] = useReducer((count) => count + 1, 0);
  const [problem, fail] = useState();
  const recorded = useRef(null);
  recorded.current ??= new Recorded();
  useEffect(() => {
    if (isPaused || state !== "open") return undefined;
    let wanted = true;
    const ask = () => wanted && recorded.current.fetch().then(() => {
      fail();
      draw();
      setTimeout(ask, EVERY);
    }, fail);
    ask();
    return () => {
      wanted = false;
    };
  }, [isPaused, state]);
  return [recorded.current, problem];
}

/** Have the browser keep what is recorded as a file. */
async function download(direction) {
  const pages = [];
  let page = { since: 0 };
  do {
    page = await link.call("export_frames", { direction, since: page.since });
    pages.push(Uint8Array.from(atob(page.capture_file), (one) => one.charCodeAt(0)));
  } while (page.since < page.last_number);
  const href = URL.createObjectURL(new Blob(pages));
  Object.assign(document.createElement("a"), { href, download: "frames.pcapng" }).click();
  setTimeout(() => URL.revokeObjectURL(href), EVERY);
}

export default function Frames() {
  const [isPaused, pause] = useState(false);
  const [text, seek] = useState("");
  const [direction, choose] = useState();
  const [open, show] = useState();
  const [recorded, problem] = useRecorded(isPaused);
  const { frames, isOn } = recorded;
  const topics = useTopics(["device/+", "info"]);
  const name = ({ device_address: device, network_address: nwk, is_broadcast: toAll }) =>
    topics.get(`device/${device?.replaceAll(":", "")}`)?.name || device || (toAll ? t("all") : nwk);
  const shown = useMemo(() => frames.filter((one) => (!direction || one.direction === direction) &&
    `${name(one)} ${one.device_address} ${one.cluster} ${one.command} ${one.payload}`.toLowerCase().includes(text)), [frames, text, direction]);
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
      ${open && html`<${FrameFields} number=${open} isSimulated=${topics.get("info")?.radio?.kind === "simulated"} close=${() => show()} />`}
    </div>
  </div>`;
}
