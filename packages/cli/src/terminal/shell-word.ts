/** Words of command lines that are printed to be used again. */

/** A word as a shell reads it back: quoted where it must be. */
export function shellWord(text: string): string {
  return /^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
