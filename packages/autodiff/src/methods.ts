// The operations as methods: x.add(y) is add(x, y). Importing this module installs them on Tensor.
import * as operations from "./operations/index.ts";
import { Tensor, type TensorLike } from "./tensor.ts";

type Operations = typeof operations;
/** Each operation without its first argument, which `this` takes. */
export type Methods = {
  [K in keyof Operations]: Operations[K] extends (x: TensorLike, ...rest: infer R) => infer Y
    ? (...rest: R) => Y
    : never;
};

declare module "./tensor.ts" {
  interface Tensor extends Methods {}
}

for (const [name, operation] of Object.entries(operations))
  Object.defineProperty(Tensor.prototype, name, {
    value(this: Tensor, ...rest: never[]) {
      return (operation as (x: Tensor, ...rest: never[]) => unknown)(this, ...rest);
    },
    writable: true,
    configurable: true,
  });
