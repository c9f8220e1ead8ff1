// The pages there are, in their order. Each is a module with its component as default export, and is
// loaded when somebody goes there: `load` is called each time.

import { translated } from "./language.js";

const t = await translated("pages");

export const PAGES = [
  { id: "home", name: t("Home"), load: () => import("./pages/home.js") },
  { id: "devices", name: t("Devices"), load: () => import("./pages/devices.js") },
  { id: "events", name: t("Events"), load: () => import("./pages/events.js") },
  { id: "circles", name: t("Circles"), load: () => import("./pages/circles.js") },
  { id: "console", name: t("Console"), load: () => import("./pages/console.js") },
  { id: "frames", name: t("Frames"), load: () => import("./pages/frames.js") },
  { id: "simulator", name: t("Simulator"), load: () => import("./pages/simulator.js") },
  { id: "settings", name: t("Settings"), load: () => import("./pages/settings.js") },
];
