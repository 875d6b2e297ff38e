/**
 * Code blocks of a Markdown file: what stands between two fences of back-ticks.
 *
 * A fence's first word is the language; `no-run` and a reason may follow for a block that cannot run.
 * Plain JavaScript, since scripts/readme-commands.mjs reads blocks too.
 *
 * @typedef {object} CodeBlock
 * @property {string} language
 * @property {number} line The file's line (from 1) of the first line of code.
 * @property {readonly string[]} code
 * @property {boolean} runs
 */

const fence = /^( *)(`{3,})([^`]*)$/;

/**
 * All fenced blocks of `text` in order. Throws on a fence left open and on `no-run` without a reason.
 *
 * @param {string} text
 * @param {string} file
 * @returns {CodeBlock[]}
 */
export function codeBlocks(text, file) {
  const lines = text.split(/\r?\n/);
  /** @type {CodeBlock[]} */
  const blocks = [];
  for (let i = 0; i < lines.length; i++) {
    const [, indent = "", ticks = "", info = ""] = fence.exec(lines[i] ?? "") ?? [];
    if (ticks === "") continue;
    const first = i + 1;
    const closing = new RegExp(`^ *${ticks}\`* *$`);
    do i++;
    while (i < lines.length && !closing.test(lines[i] ?? ""));
    if (i === lines.length) throw new Error(`${file}:${first}: this code block is never closed`);
    const [language = "", note, reason] = info.trim().split(/\s+/);
    if (note === "no-run" && reason === undefined) {
      throw new Error(`${file}:${first}: no-run needs its reason after it, on the same line`);
    }
    const code = lines.slice(first, i).map((line) => line.slice(indent.length));
    blocks.push({ language, line: first + 1, code, runs: note !== "no-run" });
  }
  return blocks;
}

/**
 * Whether a block is TypeScript or JavaScript that the tests run.
 *
 * @param {CodeBlock} block
 */
export function isExecuted(block) {
  return block.runs && ["ts", "js", "typescript", "javascript"].includes(block.language);
}
