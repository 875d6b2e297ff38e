// WebGL 1 in Node: why the package `gl`, which gpu.js loads by itself, gives it no context.
import { absenceOf } from "./backend.ts";
import { inNode } from "./host.ts";
import { Absent, loadPackage } from "./optional-package.ts";

const build =
  '"apt-get install build-essential python3 libxi-dev libxext-dev libgl1-mesa-dev" and "npm install gl"';

/** What is wrong with `gl` here; to be asked when gpu.js has found no headless WebGL. */
export async function whyNoGl(): Promise<Absent> {
  const { reason, remedy } = absenceOf("headlessgl");
  if (!inNode) return new Absent(reason, remedy);
  const found = await loadPackage("gl", isGl);
  switch (found.state) {
    case "missing":
      return new Absent('the package "gl" (WebGL 1 for Node) is not installed', remedy);
    case "empty":
      return new Absent(
        `the package ${found.what} (WebGL 1 for Node) is an empty stand-in`,
        `In a clone of Cotangent only the tests have the real one, "npm install --prefix test/gpu --no-save gl@8.1.6" and "xvfb-run -a npm run test:gpu", since gpu.js loads it by its name; elsewhere take the override of gl out of package.json. It is built by ${build}`,
      );
    case "broken":
      return new Absent(
        /bindings file/.test(found.reason)
          ? `the package ${found.what} (WebGL 1 for Node) was not built`
          : `the package ${found.what} (WebGL 1 for Node) does not load: ${found.reason}`,
        `It is built by ${build}, after "npm uninstall gl"`,
      );
    case "loaded":
      return process.platform === "linux" && !process.env.DISPLAY
        ? new Absent(
            'the package "gl" (WebGL 1 for Node) loads, but finds no X display',
            'Run under "xvfb-run -a" (apt-get install xvfb), or set DISPLAY',
          )
        : new Absent(
            'the package "gl" (WebGL 1 for Node) loads, but gives no context',
            "Look at the driver of OpenGL on this display, e.g. with glxinfo, or run under xvfb-run -a",
          );
  }
}

const isGl = (module: object): boolean =>
  typeof (module as { readonly default?: unknown }).default === "function";
