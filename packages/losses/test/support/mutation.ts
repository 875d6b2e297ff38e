// A law applied to what is right and to what is wrong.
import { describe, expect, test } from "vitest";

/** The law accepts each of `accepted`, and rejects each mutant by a failed assertion. */
export function mutation<T>(
  name: string,
  law: (subject: T) => void,
  accepted: { readonly [name: string]: T },
  mutants: { readonly [mistake: string]: T },
): void {
  describe(name, () => {
    test.each(Object.entries(accepted))("%s passes", (_, subject) => {
      law(subject);
    });
    test.each(Object.entries(mutants))("%s fails", (_, subject) => {
      expect(failureOf(() => law(subject))).toBe("AssertionError");
    });
  });
}

/** The name of the error that `f` throws: a mutant must fail the law, not break while it runs. */
function failureOf(f: () => void): string {
  try {
    f();
  } catch (error) {
    return error instanceof Error ? error.name : typeof error;
  }
  return "none";
}
