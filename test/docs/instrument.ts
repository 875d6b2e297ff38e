/**
 * Turns a Markdown file into a module: its blocks in order in one scope, each `// =>` a comparison.
 *
 * Every piece of code keeps its line, so that errors and stack traces point into the document.
 * A `// =>` belongs to the top-level statement in front of it: on the same line, or on the lines below,
 * where further `//` lines continue it. It states the statement's value, or what it logs.
 */
import { parseSync } from "vite";
import { codeBlocks, isExecuted } from "./markdown.mjs";
import type { Expectation } from "./recording.ts";

/** A document that can run: the module's source, and what recording.ts needs to know. */
export interface Instrumented {
  readonly source: string;
  readonly blocks: readonly CodeBlock[];
  readonly expectations: readonly Expectation[];
}

type CodeBlock = ReturnType<typeof codeBlocks>[number];
type Syntax = ReturnType<typeof parseSync>;
type Statement = Syntax["program"]["body"][number];
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The module for the Markdown `text`; `recorder` is the path of recording.ts. Throws `file:line: …`. */
export function instrument(text: string, file: string, recorder: string): Instrumented {
  const blocks = codeBlocks(text, file).filter(isExecuted);
  const code = plainModule(text, blocks);
  const syntax = parse(code, file);
  const expectations: Expectation[] = [];
  const edits = [...repeatedImports(syntax, code)];
  for (const found of findExpectations(syntax, code, file)) {
    const { statement, ...expectation } = found;
    edits.push(...comparison(statement, expectations.length, code));
    expectations.push(expectation);
  }
  for (const { line } of blocks) {
    edits.push(insert(offsetOfLine(code, line), `__document.block = ${line}; `));
  }
  const header =
    `import { recordingOf as __recordingOf } from ${JSON.stringify(recorder)}; ` +
    `const __document = __recordingOf(${JSON.stringify(file)}); ` +
    "const console = { ...globalThis.console, log: __document.log }; ";
  return { source: header + apply(edits, code), blocks, expectations };
}

/** The module without comparisons, as a reader would write it: what the type checker sees. */
export function readersModule(text: string, file: string): string {
  const code = plainModule(text, codeBlocks(text, file).filter(isExecuted));
  return `export {}; ${apply([...repeatedImports(parse(code, file), code)], code)}`;
}

/** The blocks' code alone, each line where it stands in the document. */
function plainModule(text: string, blocks: readonly CodeBlock[]): string {
  const lines: string[] = text.split(/\r?\n/).map(() => "");
  for (const { line, code } of blocks) lines.splice(line - 1, code.length, ...code);
  return lines.join("\n");
}

function parse(code: string, file: string): Syntax {
  const syntax = parseSync("document.ts", code);
  const [error] = syntax.errors;
  if (!error) return syntax;
  throw new Error(`${file}:${lineOf(code, error.labels[0]?.start ?? 0)}: ${error.message}`);
}

function* findExpectations(
  { program, comments }: Syntax,
  code: string,
  file: string,
): Generator<Expectation & { statement: Statement }> {
  const lines = code.split("\n");
  let continued = 0;
  for (const comment of comments) {
    if (comment.type !== "Line" || !/^\s*=>/.test(comment.value)) continue;
    const line = lineOf(code, comment.start);
    if (line <= continued) continue;
    const statement = program.body.findLast(({ start }) => start < comment.start);
    if (!statement || !/^;?[^\S\n]*\n?[^\S\n]*$/.test(gap(code, statement.end, comment.start))) {
      const rule = "`// =>` has to follow a statement at the top level of its block";
      throw new Error(`${file}:${line}: ${rule}`);
    }
    const first = comment.value.replace(/^\s*=> ?/, "");
    const rest: string[] = [];
    for (continued = line; /^\s*\/\//.test(lines[continued] ?? ""); continued++) {
      rest.push(lines[continued]!.replace(/^\s*\/\//, ""));
    }
    const isBelow = lines[line - 1]!.trimStart().startsWith("//");
    yield {
      statement,
      line,
      code: code.slice(statement.start, statement.end),
      readings: readingsOf(first, rest, isBelow),
    };
  }
}

/**
 * The texts that an expectation may mean. Lines that continue it stand behind `// ` or in line with
 * the text behind `// => `; below an expectation on a statement's own line they may be plain comments.
 */
function readingsOf(first: string, rest: readonly string[], isBelow: boolean): string[] {
  const joined = (indent: RegExp) =>
    [...(first === "" ? [] : [first]), ...rest.map((line) => line.replace(indent, ""))]
      .map((line) => line.trimEnd())
      .join("\n");
  const continued = [joined(/^ (=> ?)?/), joined(/^ {1,4}/)];
  return isBelow || rest.length === 0 ? continued : [first.trimEnd(), ...continued];
}

/** The edits that make a statement report to the recording. */
function comparison(statement: Statement, position: number, code: string): Edit[] {
  const begin = insert(statement.start, "__document.begin(); ");
  const compare = (value: string) =>
    `; await __document.compare(${position}, async () => ${value});`;
  if (statement.type === "ExpressionStatement") {
    const { start, end } = statement.expression;
    const evaluated = compare(`(${code.slice(start, end)})`).slice(2);
    return [begin, { start: statement.start, end: statement.end, text: evaluated }];
  }
  return [begin, insert(statement.end, compare(declaredValue(statement, code)))];
}

/** What a declaration declares last, as an expression; `undefined` for other statements. */
function declaredValue(statement: Statement, code: string): string {
  if (statement.type !== "VariableDeclaration") return "undefined";
  const { start, end, typeAnnotation } = statement.declarations.at(-1)!.id;
  return `(${code.slice(start, typeAnnotation?.start ?? end)})`;
}

/** Removes from later blocks the names that an earlier block has imported from the same place. */
function* repeatedImports({ program }: Syntax, code: string): Generator<Edit> {
  const seen = new Set<string>();
  for (const statement of program.body) {
    if (statement.type !== "ImportDeclaration") continue;
    const from = statement.source.value;
    const isNew = (specifier: (typeof statement.specifiers)[number]) => {
      const text = `${code.slice(specifier.start, specifier.end)} from ${from}`;
      if (seen.has(text)) return false;
      seen.add(text);
      return true;
    };
    const fresh = statement.specifiers.filter(isNew);
    if (fresh.length === statement.specifiers.length) continue;
    const names = fresh.map(({ start, end }) => code.slice(start, end)).join(", ");
    const lineBreaks = "\n".repeat(
      code.slice(statement.start, statement.end).split("\n").length - 1,
    );
    const kept = names === "" ? "" : `import { ${names} } from ${JSON.stringify(from)};`;
    yield { start: statement.start, end: statement.end, text: kept + lineBreaks };
  }
}

/** The text from `start` to `end`; when they overlap, something that is no space. */
const gap = (code: string, start: number, end: number) =>
  start <= end ? code.slice(start, end) : "overlap";

const insert = (at: number, text: string): Edit => ({ start: at, end: at, text });

/** Applies edits that do not overlap; of two at one place the one listed last comes first. */
function apply(edits: readonly Edit[], code: string): string {
  const ordered = edits
    .map((edit, order) => ({ ...edit, order }))
    .sort((a, b) => b.start - a.start || b.end - a.end || a.order - b.order);
  return ordered.reduce((text, { start, end, text: replacement }) => {
    return text.slice(0, start) + replacement + text.slice(end);
  }, code);
}

const lineOf = (code: string, offset: number) => code.slice(0, offset).split("\n").length;
const offsetOfLine = (code: string, line: number) =>
  code.split("\n", line - 1).reduce((sum, text) => sum + text.length + 1, 0);
