import type { Tensor, Tree } from "@cotangent/autodiff";
import { mul, tensor } from "@cotangent/autodiff";
import {
  type AsyncEngine,
  type AsyncFitOptions,
  checkpointStep,
  encodeSafetensors,
  type FitOptions,
  type FitResult,
  fit,
  fitAsync,
  fitStepsAsync,
  type NamedTensors,
  type RunOptions,
} from "@cotangent/training";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cloud, distance, memoryStore, noisyDistance, run, values } from "./problems.ts";
import { counting, promised } from "./promised.ts";

/** `run` for the asynchronous loop. */
function later(
  engine: AsyncEngine | undefined,
  options: Partial<AsyncFitOptions> = {},
): AsyncFitOptions {
  const { engine: _, onStep, readsAt, ...rest } = options;
  const { engine: __, onStep: ___, ...plain } = run(rest);
  return {
    ...plain,
    ...(engine && { engine }),
    ...(onStep && { onStep }),
    ...(readsAt && { readsAt }),
  };
}

/** Everything on, so that every part of a run is compared. */
function full() {
  const store = memoryStore();
  const options: Partial<RunOptions> = {
    ema: 0.9,
    validation: { fraction: 0.3, every: 7 },
    checkpoint: { store, every: 10 },
  };
  return { store, options };
}

const bits = (x: NamedTensors): string => encodeSafetensors(x).join();

/** What a run decides: everything but the times. */
const decided = ({ history, ...result }: FitResult) => ({
  ...result,
  params: values(result.params),
  emaParams: result.emaParams && values(result.emaParams),
  history: history.map(({ step, epoch, loss, validationLoss, bestLoss }) => [
    ...[step, epoch, loss, validationLoss, bestLoss],
  ]),
});

test.each([1, 2, 3, 10, 64])(
  "in calls of %i steps, the interpreter behind promises ends with the bits of fit",
  async (count) => {
    const { store, options } = full();
    const expected = decided(fit(run(options)));
    for (const engine of [promised(count), counting(count, [])]) {
      const same = full();
      expect(decided(await fitAsync(later(engine, same.options)))).toEqual(expected);
      expect(same.store.written.map(bits)).toEqual(store.written.map(bits));
    }
  },
);

test("an engine that answers at once runs the same way under fitAsync", async () => {
  const { store, options } = full();
  const expected = decided(fit(run(options)));
  const same = full();
  expect(decided(await fitAsync(later(undefined, same.options)))).toEqual(expected);
  expect(same.store.written.map(bits)).toEqual(store.written.map(bits));
});

test("calls are of the wanted number of steps or of one, and end wherever somebody looks", async () => {
  const shapes = fc.record({
    steps: fc.integer({ min: 1, max: 24 }),
    most: fc.integer({ min: 1, max: 9 }),
    validate: fc.option(fc.integer({ min: 1, max: 12 })),
    save: fc.option(fc.integer({ min: 1, max: 12 })),
    read: fc.option(fc.integer({ min: 1, max: 12 })),
  });
  await fc.assert(
    fc.asyncProperty(shapes, async ({ steps, most, validate, save, read }) => {
      const calls: number[] = [];
      const store = memoryStore();
      await fitAsync(
        later(counting(most, calls), {
          steps,
          ...(validate && { validation: { data: cloud(), every: validate } }),
          ...(save && { checkpoint: { store, every: save } }),
          ...(read && { readsAt: (step) => step % read === 0 }),
        }),
      );
      let end = 0;
      const ends = calls.map((count) => (end += count));
      expect(ends.at(-1)).toBe(steps);
      const looks = [validate, save, read].filter((every) => every !== null);
      const isSeen = (step: number): boolean =>
        step === steps || looks.some((every) => step % every === 0);
      for (let step = 1; step <= steps; step++) if (isSeen(step)) expect(ends).toContain(step);
      calls.forEach((count, i) => {
        const from = (ends[i] ?? 0) - count;
        const inside = Array.from({ length: most - 1 }, (_, k) => from + k + 1);
        expect(count).toBe(inside.some(isSeen) ? 1 : most);
      });
    }),
    { numRuns: 25 },
  );
});

test("a run resumed from any of its checkpoints makes the calls it would have made, and ends with the same bits", async () => {
  const calls: number[] = [];
  const { store, options } = full();
  const whole = await fitAsync(later(counting(4, calls), options));
  expect(calls).toContain(4);
  for (const start of store.written) {
    const again: number[] = [];
    const { store: resumed, options: same } = full();
    resumed.write(start);
    const result = await fitAsync(later(counting(4, again), { ...same, resume: true }));
    expect(values(result.params)).toEqual(values(whole.params));
    expect(bits(resumed.written.at(-1)!)).toBe(bits(store.written.at(-1)!));
    expect(again).toEqual(calls.slice(calls.length - again.length));
  }
});

test("false from onStep, or a promise of it, stops at the end of the call, and the run goes on from there to the same bits", async () => {
  const { store: whole, options } = full();
  await fitAsync(later(promised(5), options));
  for (const stop of [false, Promise.resolve(false)]) {
    const { store, options: same } = full();
    const told: number[] = [];
    const stopped = await fitAsync(
      later(promised(5), {
        ...same,
        onStep: ({ step }) => {
          told.push(step);
          return step === 22 ? stop : undefined;
        },
      }),
    );
    // Calls of five from 0 end at 5; then the validation at 7 is ahead, so 6 and 7 go alone, and so on: …, 21, 26.
    expect(stopped).toMatchObject({ step: 26, stopped: "callback" });
    expect(told).toEqual(Array.from({ length: 26 }, (_, i) => i + 1));
    expect(store.written.map(checkpointStep)).toEqual([0, 10, 20, 26]);
    await fitAsync(later(promised(5), { ...same, resume: true }));
    expect(bits(store.written.at(-1)!)).toBe(bits(whole.written.at(-1)!));
  }
});

test("onStep is waited for, and reads the weights that the end of its call has", async () => {
  const expected: number[][] = [];
  fit(run({ steps: 9, onStep: (_, weights) => void expected.push(values(weights().params)) }));
  const seen: number[][] = [];
  let busy = false;
  await fitAsync(
    later(promised(4), {
      steps: 9,
      async onStep(_, weights) {
        expect(busy).toBe(false);
        busy = true;
        seen.push(values((await weights()).params));
        busy = false;
      },
    }),
  );
  expect(seen).toEqual([3, 3, 3, 3, 7, 7, 7, 7, 8].map((i) => expected[i]));
});

test("a call's time is shared evenly among its steps, and elapsed time only grows", async () => {
  const { history } = await fitAsync(later(promised(5), { steps: 15 }));
  const times = history.map(({ elapsed }) => elapsed);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  for (let i = 0; i < 15; i += 5) {
    const shares = history.slice(i, i + 5).map(({ seconds }) => seconds);
    expect(new Set(shares).size).toBe(1);
    expect(shares[0]! * 5).toBeLessThanOrEqual(times[i + 4]! - (times[i - 1] ?? 0));
  }
  for (const { step, rate, timeLeft, elapsed } of history) {
    const [steps, seconds] = step > 5 ? [step - 5, elapsed - times[4]!] : [step, elapsed];
    expect(rate).toBeCloseTo(steps / seconds, 6);
    expect(timeLeft).toBeCloseTo((15 - step) / rate, 6);
  }
});

test("what the first call takes to compile is not in the rate of the others", async () => {
  const slow: AsyncEngine = {
    name: "slow",
    compile(f) {
      let compiled = false;
      return async (...args) => {
        if (!compiled) await new Promise((resolve) => setTimeout(resolve, 1000));
        compiled = true;
        return f(...args);
      };
    },
  };
  const { history } = await fitAsync(later(slow, { steps: 6 }));
  const last = history.at(-1)!;
  expect(last.elapsed).toBeGreaterThan(0.99);
  expect(last.rate).toBeGreaterThan(5 * (last.step / last.elapsed));
});

test("a loss that is not finite within a call names its own step, after the steps before it were told", async () => {
  let calls = 0;
  const objective = {
    name: "breaks",
    mean(params: Tree, x: Tensor) {
      calls += 1;
      const loss = distance.mean(params, x, tensor(0));
      return calls === 7 ? mul(loss, Number.NaN) : loss;
    },
  };
  const told: number[] = [];
  const store = memoryStore();
  const options = { objective, checkpoint: { store, every: 20 } };
  await expect(
    fitAsync(later(promised(5), { ...options, onStep: ({ step }) => told.push(step) })),
  ).rejects.toThrow(/^fit: the loss at step 7 is NaN.*; memory keeps the last good weights$/);
  expect(told).toEqual([1, 2, 3, 4, 5, 6]);
  expect(store.written.map(checkpointStep)).toEqual([0]);
});

test("early stopping, and validation in calls of several batches, stop where fit stops", async () => {
  const options = {
    objective: noisyDistance,
    batchSize: 6,
    steps: 200,
    validation: { data: cloud(), every: 3, patience: 2 },
  };
  const expected = decided(fit(run(options)));
  expect(expected.stopped).toBe("patience");
  // 40 rows are 6 batches of 6 and one of 4: the shorter one never joins others.
  const validated: number[] = [];
  const { compile, ...engine } = counting(4, []);
  const watching = (...[f]: Parameters<typeof compile>): ReturnType<typeof compile> => {
    const compiled = compile(f);
    return (...args) => {
      validated.push((args[1] as readonly Tree[]).length);
      return compiled(...args);
    };
  };
  const watched = later({ ...engine, compile: watching }, options);
  expect(decided(await fitAsync(watched))).toEqual(expected);
  expect(validated.slice(0, 8)).toEqual([4, 1, 1, 1, 4, 1, 1, 1]);
});

test("what the engine rejects with is what fitAsync rejects with", async () => {
  const lost: AsyncEngine = {
    name: "lost",
    compile: () => async () => {
      throw new Error("the device was lost");
    },
  };
  await expect(fitAsync(later(lost))).rejects.toThrow("the device was lost");
});

test("fitStepsAsync takes the steps of fitAsync, so that several runs can take turns", async () => {
  const steps = fitStepsAsync(later(promised(4)));
  const losses: number[] = [];
  for await (const { loss } of steps) losses.push(loss);
  expect(losses).toEqual(fit(run()).history.map(({ loss }) => loss));
});

test("fit refuses an engine that answers with promises, and every fit a number of steps that is none", async () => {
  const engine = promised(2) as unknown as NonNullable<FitOptions["engine"]>;
  expect(() => fit(run({ engine }))).toThrow(
    "fit: expected an engine that answers at once, got a promise from promised; use fitAsync",
  );
  for (const count of [0, 2.5, -1, Number.NaN]) {
    await expect(fitAsync(later(promised(count)))).rejects.toThrow(
      `fit: expected stepsPerCall of engine promised to be a positive integer, got ${count}`,
    );
  }
});
