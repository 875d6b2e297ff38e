import { astype, mean, mul, type Tensor, type Tree, tensor } from "@cotangent/autodiff";
import {
  cosine,
  type Engine,
  fit,
  fitSteps,
  interpreter,
  keepState,
  type StepMetrics,
  sgd,
} from "@cotangent/training";
import { expect, test } from "vitest";
import { centre, cloud, distance, run, values } from "./problems.ts";

test("fit on ½‖x − p‖² with all rows in a batch and step 1/2 ends at the mean of the data", () => {
  const result = fit(
    run({
      objective: distance,
      batchSize: 40,
      optimiser: sgd({ learningRate: 1, schedule: cosine({ steps: 60 }) }),
    }),
  );
  const expected = mean(cloud(), 0).toArray() as number[];
  values(result.params).forEach((x, i) => {
    expect(x).toBeCloseTo(expected[i] as number, 5);
  });
  expect(result).toMatchObject({ step: 60, stopped: "finished" });
});

test("two runs with one seed have the same bits; another seed has others", () => {
  const first = fit(run());
  expect(values(fit(run()).params)).toEqual(values(first.params));
  expect(values(fit(run({ seed: 6 })).params)).not.toEqual(values(first.params));
});

test("watching, validating, averaging and saving change nothing about the training itself", () => {
  const plain: number[] = [];
  fit(run({ onStep: ({ loss }) => plain.push(loss) }));
  const watched: number[] = [];
  fit(
    run({
      ema: 0.9,
      validation: { data: cloud(), every: 7 },
      onStep: ({ loss }) => watched.push(loss),
    }),
  );
  expect(watched).toEqual(plain);
});

test("fitSteps takes the steps that fit takes, one at a time", () => {
  const steps = fitSteps(run());
  const losses: number[] = [];
  let next = steps.next();
  for (; !next.done; next = steps.next()) losses.push(next.value.loss);
  expect(losses).toEqual(fit(run()).history.map(({ loss }) => loss));
  expect(losses).toHaveLength(60);
});

test("an epoch is ⌊N/B⌋ steps, and a batch larger than the data is all of it", () => {
  expect(fit(run({ epochs: 3, batchSize: 16 })).history.map(({ epoch }) => epoch)).toEqual([
    0, 0, 1, 1, 2, 2,
  ]);
  expect(fit(run({ epochs: 3, batchSize: 1000 })).step).toBe(3);
});

test("onStep is told the step, its loss, the rate and the time left, and can read the weights", () => {
  const seen: StepMetrics[] = [];
  const weights: number[][] = [];
  const { params } = fit(
    run({
      onStep(metrics, read) {
        seen.push(metrics);
        weights.push(values(read().params));
      },
    }),
  );
  expect(seen.map(({ step }) => step)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
  expect(weights.at(-1)).toEqual(values(params));
  const first = seen[0]!;
  expect(first.rate).toBeCloseTo(1 / first.elapsed, 6);
  for (const { step, steps, elapsed, rate, timeLeft } of seen) {
    expect(steps).toBe(60);
    if (step > 1) expect(rate).toBeCloseTo((step - 1) / (elapsed - first.elapsed), 6);
    expect(timeLeft).toBeCloseTo((60 - step) / rate, 6);
  }
});

test("returning false from onStep stops the run there", () => {
  const result = fit(run({ onStep: ({ step }) => step < 4 }));
  expect(result).toMatchObject({ step: 4, stopped: "callback" });
  expect(result.history).toHaveLength(4);
});

test("the engine is given the whole step once, and the validation loss once", () => {
  const compiled: unknown[] = [];
  const engine: Engine = {
    name: "counting",
    compile(f) {
      compiled.push(f);
      return f;
    },
  };
  fit(run({ engine }));
  expect(compiled).toHaveLength(1);
  fit(run({ engine, validation: { fraction: 0.2, every: 10 } }));
  expect(compiled).toHaveLength(3);
});

test("an engine that keeps the state is asked for it only where somebody reads it", () => {
  let reads = 0;
  const engine: Engine = {
    ...interpreter,
    resident(step, initial) {
      const kept = keepState(interpreter, step, initial);
      return {
        run: kept.run,
        state() {
          reads++;
          return kept.state();
        },
      };
    },
  };
  const result = fit(run({ engine, steps: 20 }));
  expect(reads).toBe(2); // for the check of the last weights, and for the result
  expect(centre(result.params).data).toEqual(centre(fit(run({ steps: 20 })).params).data);
});

test("data is cast to the dtype of the parameters, and training stays in it", () => {
  const dtypes: string[] = [];
  const objective = {
    name: "spy",
    mean(params: Tree, x: Tensor) {
      dtypes.push(x.dtype);
      return distance.mean(params, x, tensor(0));
    },
  };
  const params = { centre: tensor([0, 0], { dtype: "f32" }) };
  const result = fit(run({ objective, params, ema: 0.9, steps: 3 }));
  expect(dtypes).toEqual(["f32", "f32", "f32"]);
  expect([centre(result.params).dtype, centre(result.emaParams as Tree).dtype]).toEqual([
    "f32",
    "f32",
  ]);
});

test("a loss that is not finite stops the run with the step's number", () => {
  const breaksAt = (step: number) => ({
    name: "breaks",
    mean(params: Tree, x: Tensor) {
      calls += 1;
      const loss = distance.mean(params, x, tensor(0));
      return calls === step ? mul(loss, Number.NaN) : loss;
    },
  });
  let calls = 0;
  expect(() => fit(run({ objective: breaksAt(7) }))).toThrow(
    "fit: the loss at step 7 is NaN, expected a finite number; lower the learning rate",
  );
});

test("weights that are not finite stop the run even when the losses were finite", () => {
  // √|p| has an infinite slope at the starting point p = 0, where its value is finite.
  const objective = {
    name: "cusp",
    mean: (params: Tree, x: Tensor) => mean(astype(centre(params), x.dtype).abs().pow(0.5)),
  };
  expect(() => fit(run({ objective, steps: 1, optimiser: sgd({ learningRate: 1 }) }))).toThrow(
    /fit: the update of the weights at step 1 is (NaN|-?Infinity)/,
  );
});

test("options that contradict each other or cannot work are refused, by name", () => {
  const refuse = (options: Parameters<typeof run>[0], message: string) =>
    expect(() => fit(run(options))).toThrow(message);
  refuse({ steps: 5, epochs: 5 }, "fit: expected either steps or epochs, got both");
  refuse({ steps: 0 }, "fit: expected steps to be a positive integer, got 0");
  refuse({ batchSize: 2.5 }, "fit: expected batchSize to be a positive integer, got 2.5");
  refuse({ seed: -1 }, "fit: expected the seed to be a whole number ≥ 0, got -1");
  refuse({ ema: 1 }, "fit: expected ema, a decay, between 0 and 1, got 1");
  refuse({ resume: true }, "fit: resume expects a checkpoint to continue from, got none");
  refuse({ data: tensor([], { shape: [0, 2] }) }, "with at least one row, got [0,2]");
  refuse(
    { validation: { every: 1 } },
    "fit: expected either validation.data or validation.fraction, got neither",
  );
  refuse(
    { validation: { every: 1, data: tensor([[1, 2, 3]]) } },
    "fit: expected validation.data [rows, 2] like data, got [1,3]",
  );
  refuse(
    { validation: { every: 1, fraction: 1 } },
    "fit: expected validation.fraction between 0 and 1, got 1",
  );
});
