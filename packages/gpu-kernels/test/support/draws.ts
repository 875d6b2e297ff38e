// Deterministic numbers for inputs: rounded to f32, so that the reference sees what the device sees.
import { random } from "@cotangent/autodiff";

/** Standard normal f32 numbers, the same for the same seed. */
export const normals = (seed: number, length: number): Float32Array =>
  Float32Array.from(random.normal(random.key(seed), [length], { dtype: "f32" }).data);
