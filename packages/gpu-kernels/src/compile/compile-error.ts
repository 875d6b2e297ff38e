// Errors of compile: what was asked, what was expected, what came, and the way out.
import type { Spec } from "@cotangent/autodiff";

/** `f32[3,2]` */
export const formatSpec = ({ dtype, shape }: Spec): string => `${dtype}[${shape}]`;

/** `compile: …` as the TypeError that the engine's own misuses are. */
export const compileError = (message: string): TypeError => new TypeError(`compile: ${message}`);
