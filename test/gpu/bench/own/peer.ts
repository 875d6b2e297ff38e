// This package's steps, three ways: one fused pipeline, a call for each kernel, and a trainer.
//
// Runs in Node and in the browser. The ways share a device for each backend.
import { random, type Tensor, tensor } from "@cotangent/autodiff";
import {
  createMlp,
  createTrainer,
  type DawnModule,
  type Device,
  type DeviceMode,
  type GpuMlp,
  type MlpParams,
  openDevice,
  type StepResult,
} from "@cotangent/gpu-kernels";
import { arrayOf, type NamedArray, sigma } from "../../../peers/src/arrays.ts";
import type { StepTask, Task } from "../../../peers/src/tasks.ts";
import type { GpuPeer, GpuPrepared } from "../seats/seat.ts";
import { counted, type Traffic, unfused } from "./unfused.ts";

export interface OwnOptions {
  readonly way: "fused" | "calls" | "trainer";
  readonly backend: DeviceMode;
}

/** Steps of one trainer call. */
export const trainerSteps = 10;
/** The trainer's key: its first step draws with foldIn(trainerKey, 0). */
export const trainerKey: Tensor = random.key(4);

const devices = new Map<DeviceMode, Promise<Device>>();

/** Opens the backend; rejects with how to get it. dawn: in Node, the `webgpu` module. */
export async function openPeer({ way, backend }: OwnOptions, dawn?: DawnModule): Promise<GpuPeer> {
  const opened = devices.get(backend) ?? openDevice({ mode: backend, ...(dawn ? { dawn } : {}) });
  devices.set(backend, opened);
  const device = await opened;
  return {
    name: `Cotangent, ${way}, ${device.backend}`,
    adapter: device.adapter,
    prepare: (task, arrays) =>
      way === "trainer"
        ? training(device, stepOf(task), arrays)
        : stepping(device, way, stepOf(task), arrays),
    async close() {
      if (devices.delete(backend)) await device.destroy();
    },
  };
}

function stepping(
  device: Device,
  way: "fused" | "calls",
  task: StepTask,
  arrays: readonly NamedArray[],
): GpuPrepared {
  const traffic: Traffic = { kernels: 0, bytes: 0 };
  const on = way === "fused" ? counted(device, traffic) : unfused(device, traffic);
  const [d, hidden, batch] = task.sizes;
  const network = createMlp(on, { sizes: [d, hidden, hidden, d], batch });
  const params = paramsOf(arrays);
  const call = callOf(network, task, params, (name) => load(arrays, name));
  let result: StepResult | undefined;
  return {
    async run() {
      result = await call();
    },
    read: () => (result ? [[result.loss], ...flat(result.gradients)] : []),
    stats: () => ({ ...traffic }),
    release: () => network.destroy(),
  };
}

/** One step of the task. delta: the noise in data units, as @cotangent/losses' objective has it. */
function callOf(
  network: GpuMlp,
  { objective, projections }: StepTask,
  params: MlpParams,
  get: (name: string) => Tensor,
): () => Promise<StepResult> {
  const x = get("x");
  if (objective === "denoising") {
    const delta = get("delta");
    const [noisy, target] = [x.add(delta), delta.mul(-1 / sigma ** 2)];
    return () => network.denoisingStep(params, noisy, target);
  }
  if (objective === "sliced" && projections === 1) {
    const v = get("v");
    return () => network.slicedStep(params, x, v);
  }
  if (objective === "implicit by contraction") return () => network.implicitStep(params, x);
  throw new Error(`bench: expected a step of one projection, got ${objective}, M = ${projections}`);
}

/** `trainerSteps` steps of denoising and Adam a call, always from the same state. */
function training(device: Device, task: StepTask, arrays: readonly NamedArray[]): GpuPrepared {
  const [d, hidden, batch] = task.sizes;
  const trainer = createTrainer(device, {
    sizes: [d, hidden, hidden, d],
    batch,
    steps: trainerSteps,
    objective: { name: "denoising", sigma },
    optimiser: { name: "adam", learningRate: 1e-3 },
  });
  const state = trainer.init(paramsOf(arrays));
  const x = load(arrays, "x");
  const rows = new Float32Array(trainerSteps * x.size);
  for (let k = 0; k < trainerSteps; k++) rows.set(x.data, k * x.size);
  const all = tensor(rows, { shape: [trainerSteps * batch, d] });
  let losses = new Float32Array();
  return {
    steps: trainerSteps,
    async run() {
      ({ losses } = (await trainer.run(state, all, trainerKey)) as { losses: typeof losses });
    },
    read: () => [losses.subarray(0, 1)],
    release: () => trainer.destroy(),
  };
}

function stepOf(task: Task): StepTask {
  if (task.kind === "step") return task;
  throw new Error(`bench: expected a step, got ${task.kind}`);
}

function load(arrays: readonly NamedArray[], name: string): Tensor {
  const { data, shape } = arrayOf(arrays, name);
  return tensor(data, { shape: [...shape] });
}

const paramsOf = (arrays: readonly NamedArray[]): MlpParams => ({
  layers: [1, 2, 3].map((l) => ({ weight: load(arrays, `w${l}`), bias: load(arrays, `b${l}`) })),
});

const flat = ({ layers }: MlpParams): ArrayLike<number>[] =>
  layers.flatMap(({ weight, bias }) => [weight.data, bias.data]);
