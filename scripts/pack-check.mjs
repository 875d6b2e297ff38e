/**
 * Packs every package and treats the result as a stranger would: looks at what is inside, lints it,
 * installs all of it in an empty project, compiles a program against its types and runs it.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { sourceFiles } from "./code-lines.mjs";
import { packages } from "./packages.mjs";
import { fail, root, run } from "./run.mjs";

const built = [".js", ".js.map", ".d.ts", ".d.ts.map"];
const project = mkdtempSync(join(tmpdir(), "cotangent-pack-"));
process.on("exit", () => rmSync(project, { recursive: true }));

const packed = packages.map(pack);
for (const { manifest, files, path } of packed) checkFiles(manifest.name, files, path);
for (const { tarball } of packed) lint(tarball);
install(packed);
compileAndRun();
runCommand();

function pack(package_) {
  const options = ["--json", "--ignore-scripts", "--pack-destination", project];
  const [report] = JSON.parse(
    run("npm", ["pack", ...options], { cwd: package_.path, capture: true }),
  );
  const files = report.files.map((file) => file.path);
  return { ...package_, files, tarball: join(project, report.filename) };
}

/** A tarball holds the sources, what the build makes of each, and the package's own papers. */
function checkFiles(name, files, path) {
  const sources = sourceFiles(join(path, "src")).map((file) => file.replaceAll("\\", "/"));
  const expected = new Set(["package.json", "LICENSE", ...sources.map((file) => `src/${file}`)]);
  for (const file of sources) {
    for (const ending of built) expected.add(`dist/${file.replace(/\.ts$/, ending)}`);
  }
  const missing = [...expected].filter((file) => !files.includes(file));
  const intruders = files.filter((file) => !expected.has(file) && file !== "README.md");
  if (missing.length > 0) fail(`pack-check: ${name} lacks ${list(missing)}; run npm run build`);
  if (intruders.length > 0) {
    fail(
      `pack-check: ${name} also holds ${list(intruders)}; see its "files", or run npm run clean and build`,
    );
  }
  console.log(`${name}: ${files.length} files`);
}

function lint(tarball) {
  run("publint", [tarball, "--strict"], { capture: true });
  run("attw", [tarball, "--profile", "esm-only"], { capture: true });
  console.log(`${basename(tarball)}: publint and attw have no complaint`);
}

function install(packed) {
  const dependencies = packed.map(({ manifest, tarball }) => [manifest.name, `file:${tarball}`]);
  const types = `file:${join(root, "node_modules/@types/node")}`;
  writeJson("package.json", {
    type: "module",
    dependencies: Object.fromEntries(dependencies),
    devDependencies: { "@types/node": types },
  });
  run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", "--install-links"], {
    cwd: project,
    capture: true,
  });
}

/** Compiles test/consumer and an import of every entry, under both ways of finding modules. */
function compileAndRun() {
  const entries = packages.flatMap((package_) => package_.entries);
  mkdirSync(join(project, "src"));
  cpSync(join(root, "test/consumer/main.ts"), join(project, "src/main.ts"));
  importAll(
    "portable",
    entries.filter(({ needsNode }) => !needsNode),
  );
  importAll(
    "node",
    entries.filter(({ needsNode }) => needsNode),
  );
  for (const [module, moduleResolution] of [
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ]) {
    const how = { module, moduleResolution };
    compile(["src/main.ts", "src/portable.ts"], { ...how, types: [] });
    compile(["src/node.ts"], { ...how, types: ["node"] });
    console.log(`types resolve with moduleResolution ${moduleResolution}`);
  }
  for (const program of ["portable", "node", "main"]) {
    const plain = run("node", [`out/${program}.js`], { cwd: project, capture: true });
    process.stdout.write(plain);
    if (program !== "node") checkBundled(program, plain);
  }
}

/** A bundler that shakes the tree must not shake off what the program needs, such as methods. */
function checkBundled(program, expected) {
  const options = ["--bundle", "--minify", "--format=esm", "--outfile=bundle.mjs"];
  run("esbuild", [`out/${program}.js`, ...options], { cwd: project, capture: true });
  const printed = run("node", ["bundle.mjs"], { cwd: project, capture: true });
  if (printed !== expected) fail(`pack-check: bundled, ${program} printed\n${printed}`);
}

/** A program that imports all of `entries` and says how much it got. */
function importAll(name, entries) {
  const lines = entries.map(({ specifier }, i) => `import * as entry${i} from "${specifier}";`);
  const counts = entries.map(
    ({ specifier }, i) => `\`${specifier}: \${Object.keys(entry${i}).length} exports\``,
  );
  lines.push(`console.log([${counts.join(", ")}].join("\\n"));`);
  writeFileSync(join(project, `src/${name}.ts`), `${lines.join("\n")}\n`);
}

function compile(files, options) {
  const lib = ["es2023", "dom", "dom.iterable"];
  writeJson("tsconfig.json", {
    compilerOptions: {
      target: "es2023",
      lib,
      strict: true,
      rootDir: "src",
      outDir: "out",
      ...options,
    },
    files,
  });
  run("tsc", ["-p", project]);
}

/** The installed command starts and knows its version. */
function runCommand() {
  const { manifest } = packages.find(({ folder }) => folder === "cli");
  const command = join(project, "node_modules/.bin", Object.keys(manifest.bin)[0]);
  const printed = run(command, ["--version"], { cwd: project, capture: true }).trim();
  if (printed !== manifest.version) {
    fail(`pack-check: cotangent --version: expected ${manifest.version}, got ${printed}`);
  }
  console.log(`cotangent --version prints ${printed}`);
}

function writeJson(name, value) {
  writeFileSync(join(project, name), JSON.stringify(value, null, 2));
}

function list(files) {
  const rest = files.length > 5 ? ` and ${files.length - 5} more` : "";
  return files.slice(0, 5).join(", ") + rest;
}
