/**
 * The report's colours, as CSS variables for a light and a dark scheme.
 *
 * Figures refer to colours by variable, so one drawing serves both schemes; `resolveColours` puts
 * the light values in their place for a figure that stands alone.
 */

/** A variable's value in the light and in the dark scheme. */
interface Colour {
  readonly light: string;
  readonly dark: string;
}

const colours: { readonly [name: string]: Colour } = {
  paper: { light: "#fdfdfc", dark: "#15171a" },
  card: { light: "#ffffff", dark: "#1b1e22" },
  ink: { light: "#1d2126", dark: "#e6e8ea" },
  soft: { light: "#5d6670", dark: "#a0a8b0" },
  line: { light: "#e3e6e8", dark: "#30353b" },
  point: { light: "#2c4a63", dark: "#b7cfe2" },
  implicit: { light: "#2f6db3", dark: "#6fa8e6" },
  sliced: { light: "#c97a16", dark: "#e9a94b" },
  "sliced-reduced": { light: "#2e8b62", dark: "#5cc496" },
  denoising: { light: "#b83f63", dark: "#ee7f9d" },
  "finite-difference": { light: "#7457b5", dark: "#ac93ea" },
  density0: { light: "#f1f5f8", dark: "#1f252b" },
  density1: { light: "#e0eaf1", dark: "#263039" },
  density2: { light: "#cbdde8", dark: "#2e3e4b" },
  density3: { light: "#b0cbdc", dark: "#38505f" },
  density4: { light: "#90b4cb", dark: "#466577" },
  density5: { light: "#6d99b6", dark: "#587e92" },
  error0: { light: "#3b4650", dark: "#c9d0d6" },
  error1: { light: "#a08a3c", dark: "#c9b86a" },
  error2: { light: "#d0692b", dark: "#ee9154" },
  error3: { light: "#c4243c", dark: "#ff5d73" },
};

/** A reference to one of the report's colours, e.g. `colour("ink")` → `var(--ink)`. */
export function colour(name: string): string {
  return `var(--${name in colours ? name : "soft"})`;
}

/** The variables' declarations for one scheme. */
function declarations(scheme: keyof Colour): string {
  return Object.entries(colours)
    .map(([name, value]) => `--${name}:${value[scheme]}`)
    .join(";");
}

/** The style rules that define every colour, following the reader's colour scheme. */
export function colourRules(): string {
  return (
    `:root{color-scheme:light dark;${declarations("light")}}\n` +
    `@media (prefers-color-scheme: dark){:root{${declarations("dark")}}}`
  );
}

/** Replaces every colour variable in an SVG by its light value. */
export function resolveColours(svg: string): string {
  return svg.replace(/var\(--([\w-]+)\)/g, (match, name: string) => colours[name]?.light ?? match);
}
