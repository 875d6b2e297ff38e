// One run: data, what is true of it, a learner on a device, and what has been seen so far.
//
// A device is kept from run to run while the same backend is asked for.
import { openDevice } from "@cotangent/gpu-kernels";
import { grid } from "./field-view.js";
import { createLearner } from "./learner.js";
import {
  blurred,
  fisherDivergence,
  mixtureScore,
  noiseOf,
  sample,
  trueMixture,
} from "./problem.js";

const sampleSize = 4096;
const probeCount = 256; // points at which the distance to the truth is measured

/** @typedef {import("@cotangent/gpu-kernels").Device} Device */
/** @typedef {Awaited<ReturnType<typeof openSession>>} Session */

/** @type {{ mode: string, device: Device } | undefined} */
let opened;

/** @param {import("@cotangent/gpu-kernels").DeviceMode} mode @returns {Promise<Device>} */
async function deviceFor(mode) {
  if (opened?.mode === mode) return opened.device;
  await opened?.device.destroy();
  opened = undefined;
  const device = await openDevice({ mode });
  opened = { mode, device };
  // A lost device is not asked again; what was pending on it has been rejected with the reason.
  device.lost.then(() => {
    if (opened?.device === device) opened = undefined;
  });
  return device;
}

/** @param {import("./settings.js").Settings} settings @param {number} walkerCount */
export async function openSession(settings, walkerCount) {
  const device = await deviceFor(settings.backend);
  const data = sample(settings.data, sampleSize, settings.seed);
  const mixture = trueMixture(settings, data);
  const clean = sample(settings.data, probeCount, settings.seed + 1);
  const probes = blurred(clean, noiseOf(settings), settings.seed + 2);
  const rows = grid.length / 2 + probeCount + walkerCount;
  const learner = createLearner(device, settings, data, rows);
  const probeTruth = mixture && mixtureScore(mixture, probes);
  const ofZero = probeTruth && fisherDivergence(new Float32Array(probeTruth.length), probeTruth);

  return {
    device,
    data,
    mixture,
    /** The true field on the grid, where it is known. */
    truth: mixture && mixtureScore(mixture, grid),
    grid,
    /** The learned field on the grid. */
    field: new Float32Array(grid.length),
    /** @type {number[]} of every step */
    losses: [],
    /** @type {number[]} milliseconds of a step, of every call */
    times: [],
    /** @type {number[]} Fisher divergence over that of a score of zero, after every call */
    distances: [],
    get step() {
      return learner.step;
    },
    async train() {
      const { losses, milliseconds } = await learner.train();
      this.losses.push(...losses);
      this.times.push(milliseconds);
    },
    /** Asks for the field on the grid, at the probes and at the walkers; returns it at the walkers. @param {Float32Array} walkers */
    async look(walkers) {
      const all = new Float32Array(2 * rows);
      all.set(grid);
      all.set(probes, grid.length);
      all.set(walkers, grid.length + probes.length);
      const score = await learner.score(all);
      this.field = score.subarray(0, grid.length);
      if (probeTruth && ofZero && this.distances.length < this.times.length) {
        const atProbes = score.subarray(grid.length, grid.length + probes.length);
        this.distances.push(fisherDivergence(atProbes, probeTruth) / ofZero);
      }
      return score.subarray(grid.length + probes.length);
    },
    close: () => learner.destroy(),
  };
}
