// Charts over time, drawn by uPlot, which is loaded when the first is shown.

import { html, useEffect, useRef } from "../vendor/preact.js";
import { locale, number, translated } from "../language.js";

const t = translated({ "Time": "Zeit" });

const HEIGHT = 220; // pixels

let loading = null;

function load() {
  loading ??= new Promise((resolve, reject) => {
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = new URL("console/vendor/uplot.css", document.baseURI);
    const script = document.createElement("script");
    script.src = new URL("console/vendor/uplot.js", document.baseURI);
    script.onload = () => resolve(globalThis.uPlot);
    script.onerror = () => reject(new Error("uPlot cannot be loaded"));
    document.head.append(style, script);
  });
  return loading;
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function axis(more) {
  const lines = colour("--line");
  return { stroke: colour("--quiet"), grid: { stroke: lines, width: 1 }, ticks: { stroke: lines }, ...more };
}

function drawn(uPlot, series) {
  const shapes = {
    steps: uPlot.paths.stepped({ align: 1 }),
    bars: uPlot.paths.bars({ size: [0.85, 240], align: 1 }),
    line: undefined,
  };
  return series.map(({ label, unit, shape = "line", colour: name = "--accent" }) => ({
    label: unit ? `${label} (${unit})` : label,
    stroke: colour(name),
    fill: shape === "line" ? undefined : `${colour(name)}33`,
    width: 2,
    paths: shapes[shape],
    points: { show: false },
    value: (_chart, value) => number(value),
  }));
}

/** Return the range of the values: what is a length, as bars are, begins at zero. */
function range(_chart, low, high, series) {
  const areLengths = series.some(({ shape }) => shape && shape !== "line");
  const [least, most] = areLengths ? [Math.min(low, 0), Math.max(high, 0)] : [low, high];
  const room = 0.06 * (most - least || Math.abs(most) || 1);
  return [areLengths && least === 0 ? 0 : least - room, areLengths && most === 0 ? 0 : most + room];
}

function when(chart) {
  const { min, max } = chart.scales.x;
  const days = (max - min) / 86_400;
  const form = { day: "numeric", month: "short" };
  if (days > 400) return new Intl.DateTimeFormat(locale, { month: "short", year: "numeric" });
  if (days > 3) return new Intl.DateTimeFormat(locale, form);
  return new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", ...(days > 1.5 ? form : {}) });
}

/**
 * A chart. `times` are seconds since 1970, `series` are `{ label, unit, values, shape, colour }`, of
 * the shape `line`, `steps` (a value holds until the next) or `bars` (from a time on); a value is null
 * where nothing is known. `title` says in words what is to be seen, for who does not see it; `marks`
 * are times at which a line is drawn, such as now.
 */
export function Chart({ times, series, title, marks = [], height = HEIGHT }) {
  const place = useRef(null);
  useEffect(() => {
    let chart = null;
    let observer = null;
    let wanted = true;
    load().then((uPlot) => {
      if (!wanted) return;
      const width = () => Math.max(place.current.clientWidth, 200);
      const options = {
        width: width(),
        height,
        scales: { y: { range: (one, low, high) => range(one, low, high, series) } },
        series: [{ label: t("Time"), value: (_chart, at) => at && new Date(at * 1000).toLocaleString(locale) }, ...drawn(uPlot, series)],
        axes: [axis({ values: (one, splits) => splits.map((at) => when(one).format(at * 1000)) }),
          axis({ size: 60, values: (_one, splits) => splits.map((value) => number(value)) })],
        cursor: { y: false },
        hooks: { draw: [(one) => marks.forEach((at) => line(one, at))] },
      };
      chart = new uPlot(options, [times, ...series.map(({ values }) => values)], place.current);
      observer = new ResizeObserver(() => chart.setSize({ width: width(), height }));
      observer.observe(place.current);
    });
    return () => {
      wanted = false;
      observer?.disconnect();
      chart?.destroy();
    };
  }, [JSON.stringify([times, series, marks, height])]);
  return html`<div class="chart" role="img" aria-label=${title} ref=${place}></div>`;
}

function line(chart, at) {
  const { ctx, bbox } = chart;
  const x = Math.round(chart.valToPos(at, "x", true));
  if (x < bbox.left || x > bbox.left + bbox.width) return;
  ctx.save();
  ctx.strokeStyle = colour("--mark");
  ctx.setLineDash([4, 4]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}
