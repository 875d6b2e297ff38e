/**
 * Packs every package and treats the result as a stranger would: looks at what is inside, lints it,
 * installs all of it in an empty project, compiles a program against its types and runs it; then
 * installs the gradient checker alone beside Vitest in another one and runs a test with it.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { sourceFiles } from "./code-lines.mjs";
import { packages } from "./packages.mjs";
import { fail, root, run } from "./run.mjs";

const built = [".js", ".js.map", ".d.ts", ".d.ts.map"];
const repository = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const project = temporaryFolder();

const packed = packages.map(pack);
for (const { manifest, files, path } of packed) checkFiles(manifest.name, files, path);
for (const { tarball } of packed) lint(tarball);
install(project, packed);
compileAndRun();
runCommand();
checkGradientsWithVitest(packed);

/** An empty folder that goes when this process ends. */
function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), "cotangent-pack-"));
  process.on("exit", () => rmSync(folder, { recursive: true }));
  return folder;
}

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

/**
 * Installs packages from their tarballs, with the peers that they ask for, which their user brings: at this
 * repository's versions and with its replacements of what those would download.
 */
function install(folder, packed, others = {}) {
  const peers = packed.flatMap(({ manifest }) => Object.keys(manifest.peerDependencies ?? {}));
  const versions = repository.devDependencies;
  writeJson(folder, "package.json", {
    type: "module",
    dependencies: Object.fromEntries([
      ...packed.map(({ manifest, tarball }) => [manifest.name, `file:${tarball}`]),
      ...peers.map((name) => [name, versions[name]]),
    ]),
    devDependencies: { "@types/node": versions["@types/node"], ...others },
    overrides: Object.fromEntries(
      Object.keys(repository.overrides).map((name) => [
        name,
        versions[name].replace("file:", `file:${root}/`),
      ]),
    ),
  });
  run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", "--install-links"], {
    cwd: folder,
    capture: true,
  });
}

/** Compiles test/consumer/main.ts and an import of every entry, under both ways of finding modules. */
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
    compile(project, ["src/main.ts", "src/portable.ts"], { ...how, types: [] });
    compile(project, ["src/node.ts"], { ...how, types: ["node"] });
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

function compile(folder, files, options) {
  const lib = ["es2023", "dom", "dom.iterable"];
  writeJson(folder, "tsconfig.json", {
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
  run("tsc", ["-p", folder]);
}

/** The installed command starts, knows its version, and checks a function in a TypeScript file. */
function runCommand() {
  const { manifest } = packages.find(({ folder }) => folder === "cli");
  const command = join(project, "node_modules/.bin", Object.keys(manifest.bin)[0]);
  const print = (...args) => run(command, args, { cwd: project, capture: true }).trim();
  const printed = print("--version");
  if (printed !== manifest.version) {
    fail(`pack-check: cotangent --version: expected ${manifest.version}, got ${printed}`);
  }
  console.log(`cotangent --version prints ${printed}`);
  writeFileSync(join(project, "model.ts"), "export const cube = (x: any) => x.mul(x).mul(x);\n");
  const [first] = print("gradcheck", "model.ts#cube", "--shapes", "f64[2]").split("\n");
  if (first !== "PASS cube") fail(`pack-check: cotangent gradcheck printed ${first}`);
  console.log(`cotangent gradcheck prints ${first}`);
}

/** The checker in a project that has nothing else: its types and its matchers, under Vitest. */
function checkGradientsWithVitest(packed) {
  const folder = temporaryFolder();
  const names = ["@cotangent/autodiff", "@cotangent/gradcheck"];
  const { vitest } = repository.devDependencies;
  install(
    folder,
    packed.filter(({ manifest }) => names.includes(manifest.name)),
    { vitest },
  );
  mkdirSync(join(folder, "src"));
  const test = "src/gradcheck.test.ts";
  cpSync(join(root, "test/consumer/gradcheck.test.ts"), join(folder, test));
  // Vitest's own declarations are its business.
  const options = { module: "nodenext", types: ["node"], skipLibCheck: true };
  compile(folder, [test], options);
  compile(folder, [test], { ...options, module: "esnext", moduleResolution: "bundler" });
  const vitestOf = join(folder, "node_modules/.bin/vitest");
  run(vitestOf, ["run", test], { cwd: folder, env: { NO_COLOR: "1" }, capture: true });
  console.log(`${names[1]} alone: its matchers have types and work under Vitest ${vitest}`);
}

function writeJson(folder, name, value) {
  writeFileSync(join(folder, name), JSON.stringify(value, null, 2));
}

function list(files) {
  const rest = files.length > 5 ? ` and ${files.length - 5} more` : "";
  return files.slice(0, 5).join(", ") + rest;
}
