// Errors name the operation, what it expected, what it got and what to do.
import type { Spec } from "@cotangent/autodiff";

/** `f64[3,2]` */
export const formatSpec = ({ dtype, shape }: Spec): string => `${dtype}[${shape}]`;

/** `compile: …` as the TypeError that the engine's own misuses are. */
export const compileError = (message: string): TypeError => new TypeError(`compile: ${message}`);
