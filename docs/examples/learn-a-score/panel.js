// Everything on the page that is words and numbers.
import { drawCurve } from "./curve-view.js";

/** @param {string} id */
export function element(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no element ${id}.`);
  return found;
}

/** What is going on; screen readers read it out when it changes. @param {string} words */
export function say(words) {
  if (element("status").textContent === words) return;
  element("status").textContent = words;
  for (const empty of document.querySelectorAll("svg + .hint"))
    empty.textContent =
      words === "compiling"
        ? "compiling the training steps: some seconds, a minute on a slow machine"
        : "drawn from the first steps on";
}

/** @param {unknown} error */
export function complain(error) {
  // Names of functions mean nothing here.
  const message = (error instanceof Error ? error.message : String(error)).replace(/^\w+: /, "");
  const isMissing = message.includes("does not answer");
  const words = isMissing ? `${message} Or choose “best available” as the backend.` : message;
  if (element("problem").textContent === words && !element("problem").hidden) return;
  element("problem").textContent = words;
  element("problem").hidden = false;
  element("backend").textContent = "–";
  element("adapter").textContent = "";
  hint("");
  say("stopped");
}

/** Words in place of the picture while there is none; "" when there is one. @param {string} words */
export function hint(words) {
  element("hint").textContent = words;
  element("hint").hidden = words === "";
}

export function stopComplaining() {
  element("problem").hidden = true;
}

const formulas = {
  denoising: "½‖s(x + σε) + ε/σ‖²",
  sliced: "vᵀJv + ½(v·s)²",
  implicit: "tr J + ½‖s‖²",
};

/** What depends on the choices alone. @param {import("./settings.js").Settings} settings */
export function showSettings({ objective, sigma }) {
  element("formula").textContent = formulas[objective];
  element("noise").hidden = objective !== "denoising";
  element("sigma-value").textContent = sigma.toFixed(2);
}

/** What is known once a run is made. @param {import("./session.js").Session} session @param {import("./settings.js").Settings} settings */
export function showSession({ device, mixture }, { truth }) {
  element("true-figure").hidden = mixture === undefined || truth !== "beside";
  element("true-caption").textContent = mixture ? `– ${mixture.words}` : "";
  element("distance-figure").hidden = element("distance-reading").hidden = mixture === undefined;
  element("learned-caption").textContent =
    mixture === undefined
      ? "– the truth has no closed form here; it has for denoising, and for 8 Gaussians"
      : `– orange where it is off the truth${truth === "under" ? ", which is green" : ""}`;
  element("backend").textContent = device.backend;
  element("adapter").textContent = device.adapter;
  element("declined").hidden = device.declined.length === 0;
  const reasons = device.declined.map(({ backend, reason }) => {
    const item = document.createElement("li");
    item.textContent = `${backend}: ${reason}`;
    return item;
  });
  element("declined-reasons").replaceChildren(...reasons);
}

/** What changes while it runs. @param {import("./session.js").Session} session */
export function showProgress({ step, times, losses, distances }) {
  element("steps").textContent = step.toLocaleString("en");
  // The first call also records and compiles.
  const time = median(times.slice(1).slice(-15));
  element("time").textContent = time === undefined ? "–" : `${digits(time)} ms`;
  const distance = distances.at(-1);
  element("distance").textContent = distance === undefined ? "–" : percent(distance);
  drawCurve(svg("loss-curve"), losses, { format: (value) => value.toFixed(1) });
  const every = times.length > 0 ? step / times.length : 1;
  drawCurve(svg("distance-curve"), distances, { every, log: true, format: percent });
}

/** @param {number} share */
const percent = (share) => `${digits(100 * share)} %`;

/** Two digits, or all before the point. @param {number} value */
const digits = (value) => (value < 10 ? value.toPrecision(2) : value.toFixed(0));

/** @param {string} id */
const svg = (id) => /** @type {SVGSVGElement} */ (/** @type {unknown} */ (element(id)));

/** @param {number[]} values */
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
