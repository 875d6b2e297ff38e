/**
 * The process that resume.test.ts kills: trains in the folder it is given, resuming what is there.
 * Its checkpoints are large and frequent, so that many kills fall into the middle of writing one.
 */
import { join } from "node:path";
import process from "node:process";
import {
  add,
  matmul,
  mean,
  mul,
  random,
  square,
  sub,
  type Tensor,
  tanh,
  zeros,
} from "@cotangent/autodiff";
import { adam, checkpointStep, cosine, fit } from "@cotangent/training";
import { checkpointFile, metricsFile } from "@cotangent/training/node";

const [folder = ".", steps = "100"] = process.argv.slice(2);
const store = checkpointFile(join(folder, "checkpoint.safetensors"));
const saved = store.read();
const metrics = metricsFile(join(folder, "metrics.jsonl"), {
  keepThrough: saved === undefined ? 0 : checkpointStep(saved),
});
const width = 64;
const key = random.key(1);

fit({
  objective: {
    name: "denoising autoencoder",
    mean(params, x, key) {
      const { into, out } = params as { into: Tensor; out: Tensor };
      const noise = random.normal(key, x.shape, { dtype: "f32" });
      return mean(square(sub(matmul(tanh(matmul(add(x, noise), into)), out), x)));
    },
  },
  params: {
    into: mul(0.3, random.normal(random.foldIn(key, 0), [8, width], { dtype: "f32" })),
    out: zeros([width, 8], { dtype: "f32" }),
    // Never used: makes checkpoints of some 700 kB, and its weight decays as any other's.
    ballast: random.normal(random.foldIn(key, 2), [30_000], { dtype: "f32" }),
  },
  data: random.normal(random.foldIn(key, 3), [100, 8]),
  optimiser: adam({
    learningRate: 0.01,
    weightDecay: 0.01,
    clipNorm: 1,
    schedule: cosine({ steps: Number(steps) }),
  }),
  seed: 7,
  batchSize: 16,
  steps: Number(steps),
  ema: 0.99,
  validation: { fraction: 0.2, every: 20, patience: 1000 },
  checkpoint: { store, every: 1 },
  resume: true,
  onStep: ({ step, loss, validationLoss }) => {
    metrics.write({ step, loss, validationLoss });
    if (step === 1 || (saved !== undefined && step === checkpointStep(saved) + 1)) {
      process.stdout.write("training\n");
    }
  },
});
metrics.close();
