// Errors of the checker.

/** The checker was used wrongly, and the derivative is not at fault: what was expected, what came, what to do. */
export class Misuse extends TypeError {}

/** What is wrong with a derivative's trees, shapes or dtypes: the structure rung reports it. */
export class StructureError extends Error {}

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
