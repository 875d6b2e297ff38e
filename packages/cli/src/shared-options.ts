/** Options that several commands share, so that each is spelled, parsed and described once. */

import { Option } from "commander";
import { type ActivationName, activationNames } from "./activations.ts";
import { wholeNumber, widths } from "./option-values.ts";

/** --seed: decides every random draw of the command. */
export function seedOption(): Option {
  return new Option("--seed <number>", "decides every random draw")
    .argParser(wholeNumber(0, 2 ** 32 - 1))
    .default(0);
}

/** --json: one JSON value on stdout. */
export function jsonOption(): Option {
  return new Option("--json", "print one JSON value on stdout and nothing else");
}

/** --hidden: widths of the hidden layers. */
export function hiddenOption(standard: readonly number[]): Option {
  return new Option("--hidden <widths>", "widths of the hidden layers, as in 64,64")
    .argParser(widths)
    .default(standard, standard.join(","));
}

/** --activation, of the hidden layers. */
export function activationOption(standard: ActivationName): Option {
  return new Option("--activation <name>", "of the hidden layers")
    .choices(activationNames)
    .default(standard);
}
