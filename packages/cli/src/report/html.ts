/** Pieces of HTML: text made safe, and the elements that the report repeats. */

/** Text as HTML: a data file's or a command line's characters never become markup. */
export function escapeHtml(text: string): string {
  const entities: { readonly [character: string]: string } = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
  };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}

/** A drawing with its caption; `caption` is HTML. */
export function figure(drawing: string, caption: string): string {
  return `<figure>${drawing}<figcaption>${caption}</figcaption></figure>`;
}

/** A table from HTML cells; the first column is a header for its row. */
export function htmlTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = heads.map((cell) => `<th scope="col">${cell}</th>`).join("");
  const body = rows.map(([first = "", ...cells]) => {
    const rest = cells.map((cell) => `<td>${cell}</td>`).join("");
    return `<tr><th scope="row">${first}</th>${rest}</tr>`;
  });
  return (
    `<div class="scroll"><table><thead><tr>${head}</tr></thead>` +
    `<tbody>${body.join("")}</tbody></table></div>`
  );
}

/** A coloured mark before an objective's name, the same in tables, legends and captions. */
export function swatch(colour: string): string {
  return `<i class="swatch" style="background:${colour}"></i>`;
}
