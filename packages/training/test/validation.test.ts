import { mean, random, square, sub, type Tensor, type Tree, tensor } from "@cotangent/autodiff";
import { fit, interpreter, sgd } from "@cotangent/training";
import { expect, test } from "vitest";
import { heldOutLosses, meanLoss, updateBest } from "../src/validation.ts";
import { centre, cloud, distance, memoryStore, noisyDistance, run, values } from "./problems.ts";

const away = tensor([[5, 5]]);

/** Training pulls the weights from (0, 0) to the cloud at (1, −2); the held-out row lies on the way only at first. */
const overfitting = () =>
  run({
    objective: distance,
    optimiser: sgd({ learningRate: 0.1 }),
    validation: { data: tensor([[0.3, -0.6]]), every: 2, patience: 3 },
  });

/** What a generator that has nothing to wait for returns. */
function atOnce<T>(run: Generator<unknown, T, unknown>): T {
  const { done, value } = run.next();
  expect(done).toBe(true);
  return value as T;
}

test("the held-out loss in batches is the loss of all rows, up to rounding", () => {
  const data = cloud();
  const whole = distance.mean({ centre: tensor([0.5, 0.5]) }, data, random.key(0)).item();
  for (const size of [40, 7, 1]) {
    const evaluate = heldOutLosses(distance, data, size, random.key(0), interpreter);
    expect(meanLoss(atOnce(evaluate({ centre: tensor([0.5, 0.5]) })))).toBeCloseTo(whole, 12);
  }
});

test("the held-out loss uses the same draws each time", () => {
  const evaluate = heldOutLosses(noisyDistance, cloud(), 16, random.key(0), interpreter);
  const params = { centre: tensor([0, 0]) };
  expect(atOnce(evaluate(params))).toEqual(atOnce(evaluate(params)));
});

test("a new best must be lower; otherwise the old one grows stale", () => {
  const [a, b, c] = [1, 2, 3].map((x) => ({ params: tensor(x) }));
  const first = updateBest(undefined, [5], 10, a as { params: Tree });
  expect(first).toMatchObject({ losses: [5], step: 10, stale: 0 });
  const second = updateBest(first, [5], 20, b as { params: Tree });
  expect(second).toMatchObject({ losses: [5], step: 10, stale: 1 });
  expect(updateBest(second, [4], 30, c as { params: Tree })).toMatchObject({ step: 30, stale: 0 });
});

test("a rise within the standard error of the batches' differences does not make the best stale", () => {
  const params = { params: tensor(0) };
  const best = updateBest(undefined, [1, 5, 3], 10, params);
  // Differences (3, −2, 0): mean 1/3, standard error √(19/9) = 1.453.
  expect(updateBest(best, [4, 3, 3], 20, params)).toMatchObject({ step: 10, stale: 0 });
  // Differences (−3, 2, 0): any lower mean is a new best.
  expect(updateBest(best, [-2, 7, 3], 20, params)).toMatchObject({ step: 20, stale: 0 });
  // Differences (3, 1, 2): mean 2, standard error √(1/3): the same rise in every batch.
  expect(updateBest(best, [4, 6, 5], 20, params)).toMatchObject({ step: 10, stale: 1 });
  // Differences (1.5, 0, 0): mean 0.5, standard error 0.5.
  expect(updateBest(best, [2.5, 5, 3], 20, params)).toMatchObject({ stale: 1 });
});

test("early stopping stops after `patience` evaluations without a new best and returns the best weights", () => {
  const path: number[][] = [];
  const result = fit({
    ...overfitting(),
    onStep: (_, weights) => path.push(values(weights().params)),
  });
  expect(result.stopped).toBe("patience");
  const losses = result.history.flatMap(({ step, validationLoss }) =>
    validationLoss === undefined ? [] : [{ step, validationLoss }],
  );
  const best = losses.reduce((a, b) => (b.validationLoss < a.validationLoss ? b : a));
  expect(result.bestStep).toBe(best.step);
  expect(result.bestLoss).toBe(best.validationLoss);
  expect(result.step).toBe(best.step + 3 * 2);
  expect(values(result.params)).toEqual(path[best.step - 1]);
});

test("without patience the run goes on to its end and still returns the best weights", () => {
  const { validation, ...rest } = overfitting();
  const result = fit({ ...rest, validation: { data: validation?.data as Tensor, every: 2 } });
  expect(result).toMatchObject({ step: 60, stopped: "finished" });
  expect(result.bestStep).toBeLessThan(30);
});

test("the last step is evaluated even when it is not a multiple of `every`", () => {
  const { history } = fit(run({ steps: 5, validation: { data: cloud(), every: 3 } }));
  expect(history.map(({ validationLoss }) => validationLoss !== undefined)).toEqual([
    false,
    false,
    true,
    false,
    true,
  ]);
});

test("with a moving average it is the average that is validated and returned", () => {
  const result = fit(run({ objective: distance, ema: 0.95, validation: { data: away, every: 5 } }));
  const average = centre(result.emaParams as Tree);
  expect(result.bestLoss).toBeCloseTo(0.5 * meanSquare(away, average), 12);
  expect(values(result.params)).not.toEqual(average.toArray());
});

const meanSquare = (x: Tensor, centre: Tensor) => mean(square(sub(x, centre))).item();

test("a fraction holds rows out: they are not trained on", () => {
  const seen = new Set<string>();
  const spy = {
    name: "spy",
    mean(params: Tree, x: Tensor) {
      if (x.shape[0] === 15) for (const row of x.toArray() as number[][]) seen.add(row.join());
      return distance.mean(params, x, tensor(0));
    },
  };
  const validation = { fraction: 0.25, every: 1000 };
  fit(run({ objective: spy, batchSize: 15, validation, epochs: 5 }));
  expect(seen.size).toBe(30);
});

test("a run that stopped for lack of patience does not go on when resumed", () => {
  const store = memoryStore();
  const options = { ...overfitting(), checkpoint: { store, every: 10 } };
  const stopped = fit(options);
  const resumed = fit({ ...options, resume: true });
  expect(resumed).toMatchObject({
    step: stopped.step,
    stopped: "patience",
    bestStep: stopped.bestStep,
  });
  expect(values(resumed.params)).toEqual(values(stopped.params));
});
