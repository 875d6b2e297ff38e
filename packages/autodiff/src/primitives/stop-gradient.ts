// stopGradient: the identity with a zero tangent.
import { zeroTangent } from "../primitive.ts";
import { elementwise, type Unary } from "./arithmetic.ts";

/** `x` itself, taken as a constant by every derivative. */
export const stopGradient: Unary = elementwise("stopGradient", (x) => x, zeroTangent, "any");
