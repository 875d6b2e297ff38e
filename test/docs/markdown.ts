/**
 * Code blocks of a Markdown file: what stands between two fences of back-ticks.
 *
 * A fence's first word is the language; `no-run` and a reason may follow for a block that cannot run.
 */

/** A fenced block; `line` is the file's line (from 1) of the first line of code. */
export interface CodeBlock {
  readonly language: string;
  readonly line: number;
  readonly code: readonly string[];
  readonly runs: boolean;
}

const fence = /^(?<indent> *)(?<ticks>`{3,})(?<info>[^`]*)$/;

/** All fenced blocks of `text` in order. Throws on a fence left open and on `no-run` without a reason. */
export function codeBlocks(text: string, file: string): CodeBlock[] {
  const lines = text.split(/\r?\n/);
  const blocks: CodeBlock[] = [];
  for (let i = 0; i < lines.length; i++) {
    const open = fence.exec(lines[i]!)?.groups;
    if (!open) continue;
    const first = i + 1;
    const closing = new RegExp(`^ *${open.ticks}\`* *$`);
    while (++i < lines.length && !closing.test(lines[i]!));
    if (i === lines.length) throw new Error(`${file}:${first}: this code block is never closed`);
    const [language = "", ...notes] = open.info!.trim().split(/\s+/);
    if (notes[0] === "no-run" && notes.length < 2)
      throw new Error(`${file}:${first}: no-run needs its reason after it, on the same line`);
    blocks.push({
      language,
      line: first + 1,
      code: lines.slice(first, i).map((line) => line.slice(open.indent!.length)),
      runs: notes[0] !== "no-run",
    });
  }
  return blocks;
}

/** Whether a block is TypeScript or JavaScript that the tests run. */
export function isExecuted(block: CodeBlock): boolean {
  return block.runs && ["ts", "js", "typescript", "javascript"].includes(block.language);
}
