/**
 * Makes SVG text smaller without changing what is seen at a tenth of a pixel.
 *
 * Numbers lose digits, and all dots or all arrows of one mark become a single path: a report holds
 * thousands of them.
 */

/** The same drawing in fewer bytes; it also loses Plot's own style element and class. */
export function compactSvg(svg: string): string {
  return svg
    .replace(/<style>.*?<\/style>/gs, "")
    .replace(/ class="plot-[0-9a-f]+"/g, "")
    .replace(circles, dotsToPath)
    .replace(vectors, arrowsToPath)
    .replace(/-?\d+\.\d{2,}(e-?\d+)?/g, (number) => String(rounded(Number(number), 2)))
    .replace(/ d="[^"]*"/g, (path) => path.replace(/-?\d+\.\d+/g, (n) => String(rounded(+n, 1))));
}

const number = "(-?[\\d.]+(?:e-?\\d+)?)";
const circle = `<circle cx="${number}" cy="${number}" r="${number}" ?(?:/>|></circle>)`;
const vector =
  `<path d="M0,0L0,-?${number}M[^"]*" transform="translate\\(${number},${number}\\) ` +
  `rotate\\(${number}\\) translate\\(0,${number}\\)" ?(?:/>|></path>)`;
const circles = new RegExp(`(?:${circle.replaceAll("(-", "(?:-")})+`, "g");
const vectors = new RegExp(`(?:${vector.replaceAll("(-?[", "(?:-?[")})+`, "g");

/** A run of circles of one radius as zero-length strokes with round caps. */
function dotsToPath(run: string): string {
  const dots = [...run.matchAll(new RegExp(circle, "g"))].map((match) => match.map(Number));
  const radius = dots[0]?.[3] ?? 1;
  const path = dots.map(([, x = 0, y = 0]) => `M${rounded(x, 1)} ${rounded(y, 1)}h0`).join("");
  return `<path d="${path}" fill="none" stroke-width="${2 * radius}" stroke-linecap="round"/>`;
}

/** A run of arrows, each a shaft around its place and a head of a fifth of its length. */
function arrowsToPath(run: string): string {
  const arrows = [...run.matchAll(new RegExp(vector, "g"))].map((match) => match.map(Number));
  const path = arrows.map(([, length = 0, x = 0, y = 0, degrees = 0, offset = 0]) => {
    const angle = (degrees * Math.PI) / 180;
    // (across, along) of the arrow, whose head points along −y before the rotation.
    const place = (across: number, along: number): string => {
      const [u, v] = [across, offset - along];
      const px = x + u * Math.cos(angle) - v * Math.sin(angle);
      const py = y + u * Math.sin(angle) + v * Math.cos(angle);
      return `${rounded(px, 1)} ${rounded(py, 1)}`;
    };
    const [wing, back] = [length / 5, (4 * length) / 5];
    const tip = place(0, length);
    return `M${place(0, 0)}L${tip}M${place(-wing, back)}L${tip}L${place(wing, back)}`;
  });
  return `<path d="${path.join("")}"/>`;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
