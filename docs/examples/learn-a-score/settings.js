// What can be chosen, kept in three places that agree: the form, the address, and `Settings`.
//
//   ?data=moons&objective=sliced&backend=webgl2&sigma=0.3&width=64&truth=under&points=off&walkers=off
//   &steps=10 (optimiser steps of a call)  &batch=256 (rows of a step)  &seed=0         address only

/**
 * @typedef {object} Settings
 * @property {string} data  the name of a generator
 * @property {"denoising" | "sliced" | "implicit"} objective
 * @property {number} sigma  noise of denoising, in data units
 * @property {number} width  of each of the two hidden layers
 * @property {import("@cotangent/gpu-kernels").DeviceMode} backend
 * @property {"beside" | "under" | "hidden"} truth
 * @property {boolean} points
 * @property {boolean} walkers
 * @property {number} steps
 * @property {number} batch
 * @property {number} seed
 */

/** Puts what the address says into the form. @param {HTMLFormElement} form */
export function fillForm(form) {
  for (const [name, value] of new URLSearchParams(location.search)) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLInputElement && field.type === "checkbox")
      field.checked = value !== "off";
    else if (field instanceof HTMLInputElement) field.value = value;
    else if (field instanceof HTMLSelectElement) choose(field, name, value);
  }
}

/** Puts what the form says into the address, so that it can be kept and sent. @param {HTMLFormElement} form */
export function fillAddress(form) {
  const query = new URLSearchParams(location.search);
  for (const field of form.elements) {
    if (field instanceof HTMLSelectElement) query.set(field.name, field.value);
    else if (field instanceof HTMLInputElement)
      query.set(field.name, field.type !== "checkbox" ? field.value : field.checked ? "on" : "off");
  }
  history.replaceState(null, "", `?${query}`);
}

/** @param {HTMLFormElement} form @returns {Settings} */
export function readSettings(form) {
  const fields = new FormData(form);
  const query = new URLSearchParams(location.search);
  const text = (/** @type {string} */ name) => /** @type {never} */ (String(fields.get(name)));
  return {
    data: text("data"),
    objective: text("objective"),
    sigma: Number(text("sigma")),
    width: Number(text("width")),
    backend: text("backend"),
    truth: text("truth"),
    points: fields.has("points"),
    walkers: fields.has("walkers"),
    steps: wholeNumber("steps", query.get("steps") ?? "10", 1),
    batch: wholeNumber("batch", query.get("batch") ?? "256", 1),
    seed: wholeNumber("seed", query.get("seed") ?? "0", 0),
  };
}

/** The settings that a network is made for: when one of them changes, training starts again. @param {Settings} settings */
export const learnerKey = ({ data, objective, sigma, width, backend, steps, batch, seed }) =>
  JSON.stringify({
    ...{ data, objective, width, backend, steps, batch, seed },
    sigma: objective === "denoising" ? sigma : undefined,
  });

/** @param {HTMLSelectElement} select @param {string} name @param {string} value */
function choose(select, name, value) {
  const values = Array.from(select.options, (option) => option.value);
  if (!values.includes(value))
    throw new Error(`The address asks for ${name}=${value}; expected one of ${values.join(", ")}.`);
  select.value = value;
}

/** @param {string} name @param {string} text @param {number} least */
function wholeNumber(name, text, least) {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw new Error(`The address asks for ${name}=${text}; expected a whole number from ${least}.`);
}
