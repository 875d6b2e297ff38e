// How tests read reports.
import type { Report, RungName } from "@cotangent/gradcheck";

/** The rungs that fail. */
export const failing = ({ rungs }: Report): RungName[] =>
  rungs.filter(({ status }) => status === "fail").map(({ rung }) => rung);

export const rungOf = ({ rungs }: Report, name: RungName): Report["rungs"][number] =>
  rungs.find(({ rung }) => rung === name)!;
