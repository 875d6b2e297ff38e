// Deterministic numbers for inputs: rounded to f32, so that the reference sees what the device sees.
import { random } from "@cotangent/autodiff";

const drawn = new Map<string, Float32Array>();

/** Standard normal f32 numbers, the same for the same seed. */
export function normals(seed: number, length: number): Float32Array {
  const known = drawn.get(`${seed}, ${length}`);
  if (known) return known.slice();
  const fresh = random.normal(random.key(seed), [length], { dtype: "f32" }).data;
  if (drawn.size > 30) drawn.clear();
  drawn.set(`${seed}, ${length}`, Float32Array.from(fresh));
  return Float32Array.from(fresh);
}
