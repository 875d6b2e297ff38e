// Errors of the checker: what was asked wrongly, what was expected, what to do.

/** The checker was used wrongly; the derivative is not at fault. */
export const misuse = (message: string): TypeError => new TypeError(message);

/** What a derivative's structure breaks: the structure rung reports it, nobody else sees it. */
export class StructureError extends Error {}

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
