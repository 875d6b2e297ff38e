/** Numbers as readers want them: few digits, a true minus sign, no exponents where avoidable. */

/** About `digits` significant digits: 0.0123, 3.98, 12.3, 1230. */
export function significant(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
  const magnitude = Math.abs(value);
  const exponent = magnitude === 0 ? 0 : Math.floor(Math.log10(magnitude));
  const text =
    exponent < -4 || exponent > 6
      ? value.toExponential(digits - 1)
      : value.toFixed(Math.max(0, Math.min(digits - 1 - exponent, 8)));
  return withMinus(text);
}

/** Three significant digits at most, as on an axis: 0.5, −2, 1000. */
export function tickText(tick: number): string {
  return withMinus(String(Number(tick.toPrecision(3))));
}

/** Signs of the number and of its exponent alike. */
const withMinus = (text: string): string => text.replaceAll("-", "−");

/** A share as a percentage: 1.9%, 12%. */
export function percent(share: number): string {
  return `${significant(100 * share, 2)}%`;
}

/** A duration: 840 ms, 12.3 s, 2 min 05 s. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(Math.round(seconds) / 60);
  return `${minutes} min ${String(Math.round(seconds) % 60).padStart(2, "0")} s`;
}

/** A count with thin spaces between thousands: 20 000. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** A count with its noun: "1 column", "2 columns". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
