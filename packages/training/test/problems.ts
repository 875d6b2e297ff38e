/** Small problems with known answers, for the tests of `fit`. */
import {
  mean,
  mul,
  random,
  square,
  sub,
  type Tensor,
  type Tree,
  tensor,
} from "@cotangent/autodiff";
import {
  adam,
  type CheckpointStore,
  type FitOptions,
  type NamedTensors,
  type Trainable,
} from "@cotangent/training";

/** ½‖x − p‖², whose minimiser is the mean of the data. */
export const distance: Trainable = {
  name: "distance",
  mean: (params, x) => mul(0.5, mean(square(sub(x, centre(params))))),
};

/** The same, at points moved by noise of standard deviation ½ that comes from the key. */
export const noisyDistance: Trainable = {
  name: "noisy distance",
  mean(params, x, key) {
    const noise = random.normal(key, x.shape, { dtype: x.dtype as "f32" | "f64" });
    return mul(0.5, mean(square(sub(x.add(mul(0.5, noise)), centre(params)))));
  },
};

export const centre = (params: Tree): Tensor => (params as { centre: Tensor }).centre;

export const values = (params: Tree): number[] => centre(params).toArray() as number[];

/** 40 rows around (1, −2). */
export function cloud(): Tensor {
  return random.normal(random.key(11), [40, 2]).add(tensor([1, -2]));
}

/** A run of 60 steps on the cloud, with everything at its default that has one. */
export function run(options: Partial<FitOptions> = {}): FitOptions {
  return {
    objective: noisyDistance,
    params: { centre: tensor([0, 0]) },
    data: cloud(),
    optimiser: adam({ learningRate: 0.05 }),
    seed: 5,
    batchSize: 8,
    ...(options.epochs === undefined ? { steps: 60 } : {}),
    ...options,
  };
}

/** A checkpoint store in memory that remembers everything it was given. */
export function memoryStore(): CheckpointStore & { readonly written: NamedTensors[] } {
  const written: NamedTensors[] = [];
  return {
    name: "memory",
    written,
    read: () => written.at(-1),
    write: (checkpoint) => {
      written.push(checkpoint);
    },
  };
}
