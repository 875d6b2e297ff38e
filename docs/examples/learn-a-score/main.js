// The page: one loop that, frame by frame, makes what was chosen, trains a little, looks, and draws.
//
//   settings ──▶ session (device, data, learner)       made again when one of them changes
//            ──▶ train ──▶ look: the score on the grid, at probes, at walkers ──▶ draw ──▶ next frame
import { drawField, reach } from "./field-view.js";
import * as panel from "./panel.js";
import { openSession } from "./session.js";
import { fillAddress, fillForm, learnerKey, readSettings } from "./settings.js";
import { createWalkers } from "./walkers.js";

const drawnPoints = 1024;
const walkerCount = 240;
const slowFrame = 1000; // ms between pictures for those who want less motion

const form = /** @type {HTMLFormElement} */ (panel.element("settings"));
const [startButton, resetButton, scatterButton] = ["start", "reset", "scatter"].map(
  (id) => /** @type {HTMLButtonElement} */ (panel.element(id)),
);
const [learned, truth] = ["learned", "true"].map(
  (id) => /** @type {HTMLCanvasElement} */ (panel.element(id)),
);
const lessMotion = matchMedia("(prefers-reduced-motion: reduce)");
const walkers = createWalkers(walkerCount, reach);

/** @type {import("./session.js").Session | undefined} */
let session;
let madeFor = ""; // the settings of `session`, or those that failed
let training = false;
let changed = true; // something besides the field is to be drawn again
let lastDrawn = 0;

const change = () => {
  changed = true;
};
form.addEventListener("input", () => {
  fillAddress(form);
  change();
});
form.addEventListener("submit", (event) => event.preventDefault());
startButton.addEventListener("click", () => {
  training = !training;
  panel.say(activity());
});
resetButton.addEventListener("click", () => {
  madeFor = "";
});
scatterButton.addEventListener("click", walkers.scatter);
addEventListener("resize", change);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", change);

panel.element("unserved").hidden = true;
const chosen = (/** @type {string} */ name) =>
  /** @type {HTMLInputElement & HTMLSelectElement} */ (form.elements.namedItem(name));
if (innerWidth < 900) chosen("truth").value = "under";
if (lessMotion.matches) chosen("walkers").checked = false;
await guarded(() => {
  madeFor = learnerKey(readSettings(form)); // if the address is wrong: nothing, until something is chosen
  fillForm(form);
  madeFor = "";
});

// For the console, and for tests.
Object.assign(globalThis, { currentSession: () => session });

for (;;) {
  await guarded(frame);
  await nextFrame();
}

/** After the picture is shown, not before, so that words show while a first call compiles. */
function nextFrame() {
  return new Promise((next) => requestAnimationFrame(() => setTimeout(next)));
}

async function frame() {
  const settings = readSettings(form);
  panel.showSettings(settings);
  if (learnerKey(settings) !== madeFor) await remake(settings);
  startButton.textContent = training ? "Pause" : "Start";
  startButton.disabled = scatterButton.disabled = session === undefined;
  if (session === undefined) return;
  if (training) await session.train();
  if (!training && !settings.walkers && !changed) return;
  const atWalkers = await session.look(walkers.positions);
  if (settings.walkers) walkers.step(atWalkers);
  const patience = lessMotion.matches && !changed ? slowFrame : 0;
  if (performance.now() - lastDrawn >= patience) draw(session, settings);
}

function activity() {
  const begun = session !== undefined && session.times.length > 0;
  if (training) return begun ? "training" : "compiling";
  return begun ? "paused" : "ready";
}

/** @param {import("./settings.js").Settings} settings */
async function remake(settings) {
  madeFor = learnerKey(settings);
  panel.stopComplaining();
  panel.say("preparing");
  if (lastDrawn === 0)
    panel.hint("Opening a device and compiling its first kernels: some seconds.");
  await nextFrame(); // shows these words
  const before = session;
  session = undefined;
  await before?.close();
  session = await openSession(settings, walkerCount);
  resetButton.disabled = false;
  changed = true;
}

/** @param {import("./session.js").Session} current @param {import("./settings.js").Settings} settings */
function draw(current, settings) {
  const points = settings.points ? current.data.subarray(0, 2 * drawnPoints) : undefined;
  const under = settings.truth === "under" ? current.truth : undefined;
  const shown = settings.walkers ? walkers : undefined;
  if (changed) panel.showSession(current, settings);
  drawField(learned, { points, under, field: current.field, truth: current.truth, walkers: shown });
  if (settings.truth === "beside" && current.truth)
    drawField(truth, { points, field: current.truth, truth: current.truth });
  panel.hint("");
  panel.showProgress(current);
  panel.say(activity());
  changed = false;
  lastDrawn = performance.now();
}

/** Runs a task; what goes wrong is said on the page, and training stops. @param {() => void | Promise<void>} task */
async function guarded(task) {
  try {
    await task();
  } catch (error) {
    training = false;
    session = undefined;
    startButton.disabled = scatterButton.disabled = true;
    resetButton.disabled = false;
    panel.complain(error);
  }
}
