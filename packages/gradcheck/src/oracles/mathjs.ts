// mathjs wherever modules can only be imported: in browsers, and in what is bundled for them.
import { create, derivativeDependencies, parseDependencies } from "mathjs/number";
import type { Library } from "./mathjs-on-demand.ts";

export const load = (): Library => ({ create, derivativeDependencies, parseDependencies });
