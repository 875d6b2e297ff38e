// Draws a curve as SVG: the mean of each of at most 75 stretches, and their range as a band behind it.

const stretches = 75;
const margin = { top: 6, right: 8, bottom: 18, left: 40 };

/**
 * @param {SVGSVGElement} svg
 * @param {readonly number[]} values  one for each step, or for every `every` steps
 * @param {{ every?: number, log?: boolean, format?: (value: number) => string }} [options]
 */
export function drawCurve(svg, values, { every = 1, log = false, format = String } = {}) {
  const [width, height] = [svg.clientWidth, svg.clientHeight];
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const finite = values.filter((value) => Number.isFinite(value) && (!log || value > 0));
  if (finite.length < 2) {
    svg.replaceChildren();
    return;
  }
  const pieces = summarise(log ? finite.map(Math.log10) : finite);
  const [low, high] = rangeOf(pieces, log);
  const x = (/** @type {number} */ k) =>
    margin.left + (k / (pieces.length - 1)) * (width - margin.left - margin.right);
  const y = (/** @type {number} */ value) => {
    const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
    return height - margin.bottom - share * (height - margin.top - margin.bottom);
  };
  const along = (/** @type {"mean" | "least" | "most"} */ which) =>
    pieces.map((piece, k) => `${x(k).toFixed(1)},${y(piece[which]).toFixed(1)}`);
  const marks = (log ? decades(low, high) : [low, high]).flatMap((value) => [
    shape("path", { class: "rule", d: `M${margin.left},${y(value)}H${width - margin.right}` }),
    text(margin.left - 5, y(value) + 4, format(log ? 10 ** value : value), "end"),
  ]);
  svg.replaceChildren(
    ...marks,
    shape("polygon", {
      class: "band",
      points: [...along("least"), ...along("most").reverse()].join(" "),
    }),
    shape("polyline", { class: "curve", points: along("mean").join(" ") }),
    text(margin.left, height - 4, "0", "start"),
    text(
      width - margin.right,
      height - 4,
      `${(values.length * every).toLocaleString("en")} steps`,
      "end",
    ),
  );
}

/** @param {readonly number[]} values */
function summarise(values) {
  const count = Math.min(stretches, values.length);
  return Array.from({ length: count }, (_, k) => {
    const from = Math.floor((k * values.length) / count);
    const own = values.slice(
      from,
      Math.max(from + 1, Math.floor(((k + 1) * values.length) / count)),
    );
    const mean = own.reduce((a, b) => a + b, 0) / own.length;
    return { mean, least: Math.min(...own), most: Math.max(...own) };
  });
}

/** The range of the means, leaving out the highest twentieth: a first loss says little. @param {readonly { mean: number }[]} pieces @param {boolean} log */
function rangeOf(pieces, log) {
  const means = pieces.map(({ mean }) => mean).sort((a, b) => a - b);
  if (log) return [Math.floor(means[0]), Math.max(0, means[means.length - 1])];
  const [least, most] = [means[0], means[Math.floor(0.95 * (means.length - 1))]];
  const pad = 0.15 * (most - least) || 1;
  return [least - pad, most + pad];
}

/** @param {number} low @param {number} high */
const decades = (low, high) =>
  Array.from({ length: Math.floor(high) - low + 1 }, (_, k) => low + k);

/** @param {string} name @param {Record<string, string>} attributes */
function shape(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** @param {number} x @param {number} y @param {string} words @param {"start" | "end"} anchor */
function text(x, y, words, anchor) {
  const element = shape("text", { x: String(x), y: String(y), "text-anchor": anchor });
  element.textContent = words;
  return element;
}
