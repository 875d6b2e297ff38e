// How a primitive without code of its own becomes kernels.
//
//   compile(device, f, { lowerings: { myPrimitive: (launch, [x, w], equation) => launch(kernel, { x, w }) } })
//
// A value of shape [] is [1]; [n] is [n]; [a, b, …, n] is [a·b·…, n]: operands come so, the result goes so.
import type { Equation } from "@cotangent/autodiff";
import type { Launch } from "../device/device.ts";
import type { Value } from "../device/values.ts";

/**
 * Launches the kernels of one equation, and returns the value of its one output.
 *
 * inputs: the values of its operands, f32, in the shapes of `equation.inputs` as the header says.
 */
export type Lowering = (launch: Launch, inputs: readonly Value[], equation: Equation) => Value;

/** Lowerings by the names of their primitives. */
export type Lowerings = Readonly<Record<string, Lowering>>;
