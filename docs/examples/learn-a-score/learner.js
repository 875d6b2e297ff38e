// A score network in training on a device.
//
//   train()    `steps` optimiser steps in one launch: noise, loss, gradients and updates stay on the device
//   score(x)   the field at any points, by the same device
import { random, tensor } from "@cotangent/autodiff";
import { createMlp, createTrainer } from "@cotangent/gpu-kernels";
import { mlp } from "@cotangent/losses";

/**
 * @param {import("@cotangent/gpu-kernels").Device} device
 * @param {import("./settings.js").Settings} settings
 * @param {Float32Array} data  flat [N, 2]
 * @param {number} rows  points that are usually asked of `score`
 */
export function createLearner(device, settings, data, rows) {
  const { objective: name, sigma, width, batch, steps, seed } = settings;
  const shape = /** @type {const} */ ({ sizes: [2, width, width, 2], activation: "silu" });
  const trainer = createTrainer(device, {
    ...shape,
    batch,
    steps,
    objective: name === "denoising" ? { name, sigma } : { name },
    optimiser: { name: "adam", learningRate, schedule: warmAndCool },
  });
  const network = createMlp(device, { ...shape, batch: rows });
  const [initKey, rowKey, noiseKey] = random.split(random.key(seed), 3);
  let state = trainer.init(mlp(shape).init(initKey, { dtype: "f32" }));

  return {
    get step() {
      return state.step;
    },
    /** @returns {Promise<{ losses: Float32Array, milliseconds: number }>} the loss and the time of each step */
    async train() {
      const x = randomRows(data, steps * batch, random.foldIn(rowKey, state.step));
      const start = performance.now();
      const { state: next, losses } = await trainer.run(state, x, noiseKey);
      state = next;
      return { losses, milliseconds: (performance.now() - start) / steps };
    },
    /** s at points, flat [B, 2] both. @param {Float32Array} points */
    async score(points) {
      const x = tensor(points, { shape: [points.length / 2, 2] });
      return Float32Array.from((await network.forward(state.params, x)).data);
    },
    async destroy() {
      await trainer.destroy();
      await network.destroy();
    },
  };
}

const learningRate = 0.01;

/** The schedule: quick at first, then slower and slower, so that the field settles. @param {number} step */
const warmAndCool = (step) => Math.min(1, (step + 1) / 20) / Math.sqrt(1 + step / 1000);

/** Rows drawn with replacement. @param {Float32Array} data @param {number} count @param {import("@cotangent/autodiff").Tensor} key */
function randomRows(data, count, key) {
  const total = data.length / 2;
  const flat = new Float32Array(2 * count);
  random.uniform(key, [count]).data.forEach((u, i) => {
    const row = Math.floor(u * total);
    flat[2 * i] = data[2 * row];
    flat[2 * i + 1] = data[2 * row + 1];
  });
  return tensor(flat, { shape: [count, 2] });
}
