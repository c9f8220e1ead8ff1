// Charts over time: lines, steps and bars, drawn as SVG.

import { html, useEffect, useRef, useState } from "../vendor/preact.js";
import { amount, locale, number, translated } from "../language.js";

const t = await translated("parts/chart");

const HEIGHT = 220; // pixels
const LEFT = 56; // pixels for what stands at the values
const BOTTOM = 24;
const TOP = 8;
const APART = 84; // pixels between two times that are written
const WIDEST = 240; // pixels of a bar
const HOUR = 3_600;
const DAY = 86_400;
const SHORT = [300, 900, 1_800, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR]; // seconds between times of a day
const LONG = [1, 2, 7, 14, 31, 92, 183, 366]; // days between dates

/** Return about four round values from `low` to `high`, both within. */
function rounded(low, high) {
  const span = high - low || Math.abs(high) || 1;
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => span / one <= 5);
  const first = Math.floor(low / step);
  const last = Math.ceil((low + span) / step);
  return Array.from({ length: last - first + 1 }, (_, place) => (first + place) * step);
}

/** Return the times that are written, at round hours or days of the reader's own, and how. */
function written(begin, end, most) {
  const span = end - begin;
  const short = SHORT.find((step) => span / step <= most);
  const first = new Date(begin * 1000);
  const at = [];
  if (short) {
    first.setHours(0, 0, 0, 0);
    for (let time = first.getTime() / 1000; time <= end; time += short) if (time >= begin) at.push(time);
    const form = { hour: "2-digit", minute: "2-digit", ...(span > 1.5 * DAY ? { weekday: "short" } : {}) };
    return { at, form: new Intl.DateTimeFormat(locale, form) };
  }
  const days = LONG.find((step) => span / DAY / step <= most) ?? 731;
  first.setHours(0, 0, 0, 0);
  if (days > 14) first.setDate(1);
  while (first.getTime() / 1000 <= end) {
    if (first.getTime() / 1000 >= begin) at.push(first.getTime() / 1000);
    if (days > 14) first.setMonth(first.getMonth() + Math.round(days / 30.5));
    else first.setDate(first.getDate() + days);
  }
  const form = days > 14 ? { month: "short", year: "numeric" } : { day: "numeric", month: "short" };
  return { at, form: new Intl.DateTimeFormat(locale, form) };
}

/** Return the path of a series: of bars and steps each value holds until the next time. */
function path({ values, shape }, times, x, y) {
  const zero = y(0);
  let text = "";
  let isDown = false; // the pen
  values.forEach((value, place) => {
    const from = x(times[place]);
    const until = x(times[place + 1] ?? times[place]);
    if (typeof value !== "number") isDown = false;
    else if (shape === "bars") {
      const gap = Math.max((until - from) * 0.08, (until - from - WIDEST) / 2);
      text += `M${from + gap},${zero}V${y(value)}H${until - gap}V${zero}Z`;
    } else {
      text += `${isDown ? "L" : "M"}${from},${y(value)}${shape === "steps" ? `H${until}` : ""}`;
      isDown = true;
    }
  });
  return text;
}

function useWidth(place) {
  const [width, take] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => take(Math.max(entry.contentRect.width, 200)));
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  return width;
}

function Readout({ times, series, place }) {
  if (place === null) return html`<p class="quiet legend">${t("Point at the chart, or move through it with the arrow keys.")}</p>`;
  const when = new Date(times[place] * 1000).toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" });
  return html`<p class="legend">${when}${series.map(({ label, unit, values, colour = "--accent" }) => html`<span key=${label}>
    <i class="key${colour}"></i>${label} <strong>${amount(values[place], unit)}</strong></span>`)}</p>`;
}

/**
 * A chart. `times` are seconds since 1970, `series` are `{ label, unit, values, shape, colour }`, of
 * the shape `line`, `steps` (a value holds until the next) or `bars` (from a time to the next); a value
 * is null where nothing is known. `title` says in words what is to be seen, for who does not see it;
 * `marks` are times at which a line is drawn, such as now.
 */
export function Chart({ times, series, title, marks = [], height = HEIGHT }) {
  const place = useRef(null);
  const width = useWidth(place);
  const [shown, show] = useState(null);
  const known = series.flatMap(({ values }) => values).filter((value) => typeof value === "number");
  const areLengths = series.some(({ shape }) => shape === "bars" || shape === "steps");
  const low = Math.min(...known, areLengths ? 0 : Infinity);
  const high = Math.max(...known, areLengths ? 0 : -Infinity);
  if (!known.length || times.length < 2) return html`<div class="chart" ref=${place} role="img" aria-label=${title}></div>`;
  const levels = rounded(low, high);
  const [begin, end] = [times[0], times.at(-1)];
  const x = (time) => Math.round((LEFT + ((time - begin) / (end - begin)) * (width - LEFT - 8)) * 10) / 10;
  const y = (value) => Math.round((TOP + ((levels.at(-1) - value) / (levels.at(-1) - levels[0])) * (height - TOP - BOTTOM)) * 10) / 10;
  const { at, form } = written(begin, end, Math.max(Math.floor((width - LEFT) / APART), 1));
  const last = times.length - 1;
  const point = (event) => {
    const time = begin + ((event.clientX - place.current.getBoundingClientRect().left - LEFT) / (width - LEFT - 8)) * (end - begin);
    const found = times.findLastIndex((one) => one <= time);
    show(Math.min(Math.max(found, 0), last));
  };
  const move = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    show(Math.min(Math.max((shown ?? (step > 0 ? -1 : last + 1)) + step, 0), last));
  };
  return html`<div class="chart" ref=${place}>
    ${width > 0 && html`<svg role="img" aria-label=${title} tabindex="0" width=${width} height=${height}
      onPointerMove=${point} onPointerLeave=${() => show(null)} onKeyDown=${move}>
      ${levels.map((level) => html`<g key=${`y${level}`}><path class="grid" d="M${LEFT},${y(level)}H${width - 8}" />
        <text x=${LEFT - 8} y=${y(level) + 4} text-anchor="end">${number(level)}</text></g>`)}
      ${at.map((time) => html`<text key=${time} x=${x(time)} y=${height - 6} text-anchor=${width - x(time) < APART / 3 ? "end" : "middle"}>${form.format(time * 1000)}</text>`)}
      ${series.map((one) => html`<path key=${one.label} class="${one.shape ?? "line"} key${one.colour ?? "--accent"}" d=${path(one, times, x, y)} />`)}
      ${marks.filter((time) => time >= begin && time <= end).map((time) => html`<path class="mark" d="M${x(time)},${TOP}V${height - BOTTOM}" />`)}
      ${shown !== null && html`<path class="pointer" d="M${x(times[shown])},${TOP}V${height - BOTTOM}" />`}
    </svg>
    <${Readout} times=${times} series=${series} place=${shown} />`}
  </div>`;
}
