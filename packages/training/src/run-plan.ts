/**
 * The options of a run, checked and made definite: which rows train and which are held out, how many
 * steps, and one key for each use of randomness,
 *
 *   [split, order, draws, validation] = split(key(seed), 4)
 *
 * so that adding one use (validation, say) does not change another (the order of the batches).
 */
import { astype, random, type Tensor, type Tree, tree } from "@cotangent/autodiff";
import { type Batches, shuffledBatches } from "./batches.ts";
import type { RunOptions, ValidationOptions } from "./fit-options.ts";
import { floatType } from "./optimiser.ts";
import { requireNumber, requireSwitch } from "./preconditions.ts";
import { splitRows } from "./rows.ts";
import { type RunIdentity, runIdentity } from "./run-identity.ts";

export interface RunPlan {
  readonly params: Tree;
  readonly validation: Tensor | undefined;
  readonly batches: Batches;
  readonly steps: number;
  readonly drawKey: Tensor;
  readonly validationKey: Tensor;
  readonly identity: RunIdentity;
}

/** Checks `options` and settles what they leave open. Throws one sentence for each thing that cannot be. */
export function planRun(options: RunOptions): RunPlan {
  const { data, batchSize, seed, ema, validation, checkpoint } = options;
  const [rows = 0] = data.shape;
  if (rows < 1)
    throw new Error(`fit: expected data [rows, …] with at least one row, got [${data.shape}]`);
  requireCount("batchSize", batchSize);
  const isSeed = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;
  requireNumber("fit", "the seed", seed, "to be a whole number ≥ 0", isSeed);
  requireFraction("ema, a decay,", ema);
  requireCount("checkpoint.every", checkpoint?.every);
  requireSwitch("fit", "resume", options.resume);
  if (options.resume && checkpoint === undefined) {
    throw new Error(
      "fit: resume expects a checkpoint to continue from, got none; give `checkpoint`",
    );
  }
  if (validation !== undefined) checkValidation(validation);

  const [splitKey, orderKey, drawKey, validationKey] = random.split(random.key(seed), 4) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const params = tree.map((p) => p, options.params);
  const rowsOf = heldOut(astype(data, floatType(params)), validation, splitKey);
  const batches = shuffledBatches(rowsOf.train, batchSize, orderKey);
  return {
    params,
    validation: rowsOf.validation,
    batches,
    steps: countSteps(options, batches.batchesPerEpoch),
    drawKey,
    validationKey,
    identity: runIdentity(options, rowsOf.train, rowsOf.validation),
  };
}

function heldOut(
  data: Tensor,
  validation: ValidationOptions | undefined,
  key: Tensor,
): { readonly train: Tensor; readonly validation: Tensor | undefined } {
  if (validation?.fraction !== undefined) return splitRows(key, data, validation.fraction);
  const rows = validation?.data;
  if (rows === undefined) return { train: data, validation: undefined };
  if (rows.shape.slice(1).join() !== data.shape.slice(1).join() || !rows.shape[0]) {
    throw new Error(
      `fit: expected validation.data [rows, ${data.shape.slice(1)}] like data, got [${rows.shape}]`,
    );
  }
  return { train: data, validation: astype(rows, data.dtype) };
}

function countSteps({ steps, epochs }: RunOptions, batchesPerEpoch: number): number {
  if ((steps === undefined) === (epochs === undefined)) {
    const got = steps === undefined ? "neither" : "both";
    throw new Error(`fit: expected either steps or epochs, got ${got}`);
  }
  requireCount("steps", steps);
  requireCount("epochs", epochs);
  return steps ?? (epochs as number) * batchesPerEpoch;
}

function checkValidation({ data, fraction, every, patience }: ValidationOptions): void {
  if ((data === undefined) === (fraction === undefined)) {
    const got = data === undefined ? "neither" : "both";
    throw new Error(`fit: expected either validation.data or validation.fraction, got ${got}`);
  }
  requireFraction("validation.fraction", fraction);
  requireCount("validation.every", every);
  requireCount("validation.patience", patience);
}

const isCount = (n: number): boolean => Number.isSafeInteger(n) && n > 0;
const requireCount = (name: string, value: unknown): void =>
  requireNumber("fit", name, value, "to be a positive integer", isCount);

const requireFraction = (name: string, value: unknown): void =>
  requireNumber("fit", name, value, "between 0 and 1", (x) => x > 0 && x < 1);
