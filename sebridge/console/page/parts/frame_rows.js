// A list of frames of any length: only those rows are drawn that are seen.

import { html, useEffect, useLayoutEffect, useReducer, useRef } from "../vendor/preact.js";
import { locale, translated } from "../language.js";
import { Icon } from "./icon.js";

const t = await translated("parts/frame_rows");

const PHONE = matchMedia("(max-width: 720px)");
const BEYOND = 8; // rows that are drawn above and below those seen
const STEP = 4; // rows that are scrolled before others are drawn
const FAR = 1e5;
const COLUMNS = ["time", "way", "device", "cluster", "command", "signal"];

const time = new Intl.DateTimeFormat(locale, { timeStyle: "medium" });

/** Return the place of the first of some frames, by their numbers in order, from a number on. */
export function placeOf(frames, number) {
  let [low, high] = [0, frames.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (frames[middle].number < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The frames, the newest last; that is followed while it is seen. `open` is the number of one. */
export function FrameRows({ frames, name, open, show }) {
  const [, draw] = useReducer((count) => count + 1, 0);
  const list = useRef(null);
  const seen = useRef({ isLast: true, number: 0, active: 0 }).current;
  const row = PHONE.matches ? 56 : 34;
  const { scrollTop: top = 0, clientHeight: height = 0 } = list.current ?? {};
  const find = (number) => placeOf(frames, number) % Math.max(frames.length, 1); // of none it is the first
  const active = find(seen.active);
  const stepAt = (place) => Math.floor(place / row / STEP) * STEP;
  const first = Math.max(stepAt(top) - BEYOND, 0);

  const look = () => {
    const { scrollTop, clientHeight, scrollHeight } = list.current;
    seen.isLast = scrollTop + clientHeight > scrollHeight - row;
    seen.number = frames[Math.floor(scrollTop / row)]?.number;
    if (stepAt(scrollTop) !== stepAt(top)) draw();
  };
  useEffect(() => {
    const observer = new ResizeObserver(draw);
    observer.observe(list.current);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    // what is seen stays where it is, though rows before it went
    list.current.scrollTop = seen.isLast ? FAR * row : find(seen.number) * row + (list.current.scrollTop % row);
    draw();
  }, [frames, row]);

  const press = (number) => {
    seen.active = number;
    show(number === open ? undefined : number);
  };
  const move = (event) => {
    const page = Math.floor(height / row) - 2;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -FAR, End: FAR }[event.key];
    if (!step) return;
    event.preventDefault();
    const to = Math.min(Math.max(active + step, 0), frames.length - 1);
    seen.active = frames[to].number;
    if (open) show(seen.active);
    const { scrollTop } = list.current;
    list.current.scrollTop = Math.min(Math.max(scrollTop, (to + 3) * row - height), to * row);
    look(); // the event comes later: a frame that is heard before would bring back what was seen
    draw();
    requestAnimationFrame(() => list.current.querySelector("[tabindex='0']")?.focus({ preventScroll: true }));
  };

  const drawn = frames.slice(first, first + Math.ceil(height / row) + STEP + 2 * BEYOND);
  return html`<div class="frames" ref=${list} onScroll=${look} onKeyDown=${move}>
    <div role="table" aria-label=${t("Frames")} aria-rowcount=${frames.length}>
      <div role="row" class="frame head">${COLUMNS.map((one) => html`<span role="columnheader" class=${one}>${t(one)}</span>`)}</div>
      <div role="rowgroup" style=${{ height: `${frames.length * row}px` }}>
        ${drawn.map((one, index) => html`<div key=${one.number} role="row" aria-rowindex=${first + index + 1} class="frame ${one.number === open ? "open" : ""}"
          style=${{ top: `${(first + index) * row}px` }} onClick=${() => press(one.number)}>
          ${cells(one, name, one.number === open, first + index === active)}</div>`)}
      </div>
    </div>
  </div>`;
}

function cells(frame, name, isOpen, isActive) {
  const told = {
    time: `${time.format(frame.time * 1000)}.${frame.time.toFixed(3).slice(-3)}`,
    way: t(frame.direction),
    device: name(frame),
    cluster: frame.cluster,
    command: html`<button class="plain" tabindex=${isActive ? 0 : -1} aria-expanded=${isOpen}>${frame.command}</button>`,
    signal: [
      frame.delivery?.startsWith("not") ? html`<span class="problem">${t("not delivered")}</span>` : frame.lqi,
      frame.enable_aps_encryption && html`<span role="img" aria-label=${t("encrypted")}><${Icon} name="lock" /></span>`,
    ],
  };
  return COLUMNS.map((one) => html`<span role="cell" class=${one === "way" ? `way ${frame.direction}` : one}>${told[one]}</span>`);
}
