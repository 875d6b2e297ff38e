import {
  checkpoint,
  grad,
  jvp,
  linearize,
  type Tensor,
  tensor,
  trace,
  vjp,
  vmap,
  zeros,
} from "@cotangent/autodiff";
import { type Misuse, misuse, testMisuses } from "../support/misuse.ts";

const two = zeros([2]);
/** A function that TypeScript would refuse. */
const wrong = (f: (x: Tensor) => unknown) => f as (x: Tensor) => Tensor;
const promised = wrong(async (x) => x);
const asynchronous = [/returned a promise/, /expected/, /only synchronous/, /await/];

const asyncFunctions: readonly Misuse[] = [
  misuse("grad of an async function", () => grad(promised)(1), "grad", ...asynchronous),
  misuse("jvp of an async function", () => jvp(promised, [1], [1]), "jvp", ...asynchronous),
  misuse("vjp of an async function", () => vjp(promised, [1]), "vjp", ...asynchronous),
  misuse(
    "linearize of an async function",
    () => linearize(promised, [1]),
    "linearize",
    ...asynchronous,
  ),
  misuse("vmap of an async function", () => vmap(promised)(two), "vmap", ...asynchronous),
  misuse("trace of an async function", () => trace(promised)(tensor(1)), "trace", ...asynchronous),
  misuse(
    "checkpoint of an async function",
    () => checkpoint(promised)(tensor(1)),
    "checkpoint",
    ...asynchronous,
  ),
];

testMisuses("async functions", asyncFunctions);
