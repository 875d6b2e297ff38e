// Pages with a part that a program writes: the text between two markers is a run's report, the rest is
// written by people.

/** The lines before and after the program's part. */
export type Markers = readonly [begin: string, end: string];

/** The page with `text` between the markers. Throws when `page` lost one of them. */
export function replaceBetween([begin, end]: Markers, page: string, text: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from)
    throw new Error(`bench: expected docs/benchmarks.md to hold ${begin} and then ${end}`);
  return `${page.slice(0, from + begin.length)}\n\n${text}\n${page.slice(to)}`;
}
