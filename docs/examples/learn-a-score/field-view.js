// Draws a vector field on a square canvas: points, arrows, walkers, from the back to the front.
//
// An arrow's length grows with the score and levels off at its cell, ℓ = 1 − exp(−‖s‖/scale); its colour
// turns from "on the truth" to "off" with ‖s − t‖/(‖s‖ + ‖t‖). Colours are the page's (style.css).

/** The picture shows [−reach, reach]². */
export const reach = 2.8;

const columns = 24;
const scale = 4; // of ‖s‖, in 1 / data units
const shades = 6;

/** Where the arrows stand, flat [columns², 2]. */
export const grid = Float32Array.from({ length: 2 * columns * columns }, (_, i) => {
  const cell = i >> 1;
  const index = i % 2 === 0 ? cell % columns : Math.floor(cell / columns);
  return reach * ((2 * index + 1) / columns - 1);
});

/**
 * @typedef {object} Picture
 * @property {Float32Array | undefined} [points]  flat [N, 2]
 * @property {Float32Array | undefined} [under]  a field on the grid, drawn broad and pale
 * @property {Float32Array} [field]  a field on the grid
 * @property {Float32Array | undefined} [truth]  what `field` is coloured by
 * @property {{ positions: Float32Array, trails: (readonly [number, number])[][] } | undefined} [walkers]
 */

/** @param {HTMLCanvasElement} canvas @param {Picture} picture */
export function drawField(canvas, { points, under, field, truth, walkers }) {
  const size = canvas.clientWidth;
  const pixels = Math.round(size * devicePixelRatio);
  if (canvas.width !== pixels) canvas.width = canvas.height = pixels;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const colour = coloursOf(canvas);
  const unit = size / (2 * reach);
  context.setTransform(pixels / size, 0, 0, pixels / size, 0, 0);
  context.clearRect(0, 0, size, size);
  context.translate(size / 2, size / 2);
  context.scale(1, -1); // y upwards

  if (points) drawPoints(context, points, unit, colour("--point"));
  if (under) drawArrows(context, under, unit, colour("--under"), 0.036 * unit);
  if (field) drawShadedArrows(context, field, truth, unit, colour);
  if (walkers) drawWalkers(context, walkers, unit, colour("--walker"));
}

/** @param {CanvasRenderingContext2D} context @param {Float32Array} points @param {number} unit @param {string} colour */
function drawPoints(context, points, unit, colour) {
  context.fillStyle = colour;
  for (let i = 0; i < points.length; i += 2)
    context.fillRect(points[i] * unit - 0.75, points[i + 1] * unit - 0.75, 1.5, 1.5);
}

/** A path of each shade. @param {CanvasRenderingContext2D} context @param {Float32Array} field @param {Float32Array | undefined} truth @param {number} unit @param {(name: string) => string} colour */
function drawShadedArrows(context, field, truth, unit, colour) {
  for (let shade = 0; shade < shades; shade++) {
    const mixed = mix(colour("--learned"), colour("--off"), shade / (shades - 1));
    drawArrows(
      context,
      field,
      unit,
      mixed,
      Math.min(1.4, 0.02 * unit),
      (i) => shadeOf(field, truth, i) === shade,
    );
  }
}

/** 0 on the truth, shades − 1 far off. @param {Float32Array} field @param {Float32Array | undefined} truth @param {number} i */
function shadeOf(field, truth, i) {
  if (truth === undefined) return 0;
  const [sx, sy, tx, ty] = [field[i], field[i + 1], truth[i], truth[i + 1]];
  const apart = Math.hypot(sx - tx, sy - ty) / (Math.hypot(sx, sy) + Math.hypot(tx, ty));
  return Math.min(shades - 1, Math.floor(Math.max(0, apart - 0.05) * 2 * shades));
}

/**
 * @param {CanvasRenderingContext2D} context @param {Float32Array} field @param {number} unit
 * @param {string} colour @param {number} width @param {(i: number) => boolean} [chosen]
 */
function drawArrows(context, field, unit, colour, width, chosen = () => true) {
  const longest = (0.92 * 2 * reach * unit) / columns;
  context.beginPath();
  for (let i = 0; i < field.length; i += 2) {
    const norm = Math.hypot(field[i], field[i + 1]);
    if (!(norm > 0) || !chosen(i)) continue;
    const length = longest * (1 - Math.exp(-norm / scale));
    const [dx, dy] = [(field[i] / norm) * length, (field[i + 1] / norm) * length];
    const [x, y] = [grid[i] * unit + dx / 2, grid[i + 1] * unit + dy / 2];
    context.moveTo(x - dx, y - dy);
    context.lineTo(x, y);
    context.moveTo(x - 0.34 * dx - 0.2 * dy, y - 0.34 * dy + 0.2 * dx);
    context.lineTo(x, y);
    context.lineTo(x - 0.34 * dx + 0.2 * dy, y - 0.34 * dy - 0.2 * dx);
  }
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.lineCap = context.lineJoin = "round";
  context.stroke();
}

/** @param {CanvasRenderingContext2D} context @param {NonNullable<Picture["walkers"]>} walkers @param {number} unit @param {string} colour */
function drawWalkers(context, { positions, trails }, unit, colour) {
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = 1;
  context.globalAlpha = 0.3;
  context.beginPath();
  trails.forEach((trail, i) => {
    trail.forEach(([x, y], k) => {
      if (k === 0) context.moveTo(x * unit, y * unit);
      else context.lineTo(x * unit, y * unit);
    });
    if (trail.length > 0) context.lineTo(positions[2 * i] * unit, positions[2 * i + 1] * unit);
  });
  context.stroke();
  context.globalAlpha = 1;
  for (let i = 0; i < positions.length; i += 2) {
    context.beginPath();
    context.arc(positions[i] * unit, positions[i + 1] * unit, 0.025 * unit, 0, 2 * Math.PI);
    context.fill();
  }
}

/** The page's colours by the names of their custom properties. @param {Element} element */
function coloursOf(element) {
  const style = getComputedStyle(element);
  return (/** @type {string} */ name) => style.getPropertyValue(name).trim();
}

/** Between two colours #rrggbb. @param {string} from @param {string} to @param {number} share */
function mix(from, to, share) {
  const channel = (/** @type {string} */ hex, /** @type {number} */ k) =>
    Number.parseInt(hex.slice(1 + 2 * k, 3 + 2 * k), 16);
  const mixed = [0, 1, 2].map((k) => {
    const [a, b] = [channel(from, k), channel(to, k)];
    return Math.round(a + share * (b - a));
  });
  return `rgb(${mixed.join(" ")})`;
}
