/** What the report and its figure are called: by these the command knows files of its own. */

export const reportTitle = "Cotangent: score matching compared";

export const figureLabel = "Learned score fields and Langevin samples beside the truth";
