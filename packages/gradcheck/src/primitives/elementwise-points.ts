// Where the elementwise primitives are checked: ordinary points, and each one's awkward ones.
//
// 0, ties, ±10⁻⁸, ±100, ±1000, the smallest and the largest doubles, zero factors, negative bases, the
// ends of domains, kinks and jumps with the derivative that convention gives, broadcasts, sizes 0 and 1.
import { arrays, type Cases, each, type Options, scalars } from "./notation.ts";

const tiny = "0 1e-8 -1e-8 1e-300 -5e-324";
const usual = `${tiny} 0.3 -0.7 1.9 -2.6`;
const far = `${usual} 100 -100 1000 -1000`;
const smooth: Options = { order: 3, isSmooth: true };
const shapes = "[2,2]; [1,1]; [2,0]";
const positives = "[2,2]=0.5,1.5,2,0.25; [1,1]=3; [2,0]";
/** A smooth function of one number. */
const entire = (points: string, all = shapes): Cases => [
  ...each(points, smooth),
  ...arrays(all, { isSmooth: true }),
];
/** Constant between its jumps, where convention gives the derivative 0. */
const steps = (jumps: string): Cases => [
  ...each("0.3 -0.7 1.9 -2.6 100.25 -1000.25"),
  ...each("1e-300", { order: 1 }),
  ...each(jumps, { jacobian: [[0]] }),
  ...arrays(shapes),
];

const broadcasts = "[2,1] [1,2]; [] [2,2]; [1,2] [2]; [2,0] [2,1]";
const both = (points: string, options: Options): Cases => [
  ...scalars(points, options),
  ...arrays(broadcasts, { order: 2 }),
];
const sums =
  "1.5 -0.75; 0 0.3; -2 0; 0 0; 1 1; 100 -100; 1e-8 -1e-8; 5e-324 1; 1e300 -3; 1000 1e-8";
const positiveBroadcasts = "[2,1]=0.5,2 [1,2]=1.5,-3; []=0.25 [2]=3,0.5; [2,0] [2,1]";
const comparisons = () =>
  arrays(
    "[5]=1,2,-0,5e-324,1 [5]=1,1,0,0,1.0000000000000002; i32[2]=1,-2 i32[2]=2,-2; [2,1] [2]; [2,0] [1]",
  );
/** A tie is shared evenly. */
const half = { jacobian: [[0.5, 0.5]] };

/** The cases of every elementwise primitive, by name. */
export const elementwiseCases: Readonly<Record<string, () => Cases>> = {
  neg: () => entire(`${far} 1e155 -1e300`),
  stopGradient: () => [
    ...each("0 1.5 -1e300", { jacobian: [[0]] }),
    ...arrays("[1,1]", { jacobian: [[0]] }),
  ],
  sign: () => steps("0"),
  floor: () => steps("0 2 -3"),
  ceil: () => steps("0 2 -3"),
  round: () => steps("0.5 -0.5 2.5 3.5"),
  abs: () => [
    ...each("0.3 -0.7 1.9 -2.6 1e-8 100 -1000 1e155 -1e300", { order: 3 }),
    ...each("-1e-300", { order: 1 }),
    ...each("0", { jacobian: [[0]] }),
    ...arrays(shapes),
  ],
  sqrt: () => [
    ...each("1e-8 0.3 1 2.25 1000", { order: 3 }),
    ...each("1e-300 1e300 5e-324", { order: 1 }),
    ...each("0 -1", { order: 0 }),
    ...arrays(positives),
  ],
  exp: () => [...entire(`${usual} 100 -100 700 -740 -1000`), ...each("1000", { order: 1 })],
  expm1: () => entire(`${usual} 100 -100 -1000`),
  log: () => [
    ...each("1e-8 0.3 1 1.0000000000000002 1.9 100 1000", { order: 3 }),
    ...each("1e-300 1e300", { order: 1 }),
    ...each("0 -1", { order: 0 }),
    ...arrays(positives),
  ],
  log1p: () => [
    ...entire(`${tiny} 0.3 -0.7 1.9 100 1000`, positives),
    ...each("-0.9999999999999998 1e300", { step: 1e-25 }),
    ...each("-1 -2", { order: 0 }),
  ],
  sin: () => entire(far),
  cos: () => entire(far),
  tan: () => [...entire(`${usual} 1000 -1000`), ...each("1.5707963267948966", { step: 1e-30 })],
  asin: () => inverse("0.9999999999999999"),
  acos: () => inverse("-0.9999999999999999"),
  atan: () => [...entire(far), ...each("1e150 -1e300")],
  sinh: () => entire(`${usual} 100 -100`),
  cosh: () => entire(`${usual} 100 -100`),
  tanh: () => entire(far),
  sech2: () => entire(far),
  sigmoid: () => entire(far),
  softplus: () => entire(far),
  erf: () => entire(`${usual} 1.9999999 2 5.9 -6 20 100`),
  erfc: () => entire(`${usual} 0.9999999 1 2 5.9 -6 20 26 100 -100`),

  add: () => both(sums, smooth),
  sub: () => both(sums, smooth),
  mul: () => both(sums, smooth),
  div: () => [
    ...both("1.5 -0.75; 0 0.3; -100 7; 1 3; 1e-8 -1000; 1 1", { order: 3 }),
    ...scalars("1e300 1e155; 5e-324 2; 1e-300 1e-8", { order: 1 }),
    ...scalars("1 0", { order: 0 }),
  ],
  pow: () => [
    ...scalars("2 3; 0.5 -1.5; 1.5 0; 3 1; 100 0.5; 1 5; 1e-8 2; 1000 -2", { order: 3 }),
    ...arrays(positiveBroadcasts),
    ...scalars("-2 3; -1.5 2; -0.5 -1; 0 0; -3 0; 0 1; 0 2", { ...smooth, wrt: [0] }),
    ...scalars("0 3", { order: 3, wrt: [0], step: 1e-170 }),
    ...scalars("1e-300 0.25; 1e300 -0.5", { order: 1 }),
    ...scalars("0 2", { jacobian: [[0, 0]] }),
    ...scalars("0 0.5; -2 0.5", { order: 0 }),
  ],
  mod: () => [
    ...both("5.25 2; -5.25 2; 5.25 -2; 1e-8 3; -1e-8 3; 1000 7; 1 -3", {}),
    ...scalars("1 0.1; 0.3 -0.1", { step: 1e-25 }),
    ...scalars("4 2", { jacobian: [[1, -2]] }),
    ...scalars("0 -3; 0 2", { jacobian: [[1, 0]] }),
    ...arrays("i32[3]=7,-7,7 i32[3]=3,3,-3"),
  ],
  atan2: () => [
    ...scalars("1 1; 0 1; 1 0; -1 -1; 1e-8 -1; 100 -1000; -0.3 2; 3 1e-8", { order: 3 }),
    ...scalars("1e155 -1e155; -1e-200 1e-200; 1e300 1e-300", { order: 1 }),
    ...scalars("0 -1", { jacobian: [[-1, 0]] }),
    ...arrays(positiveBroadcasts),
  ],
  maximum: () => [
    ...both("1 2; 2 1; 1e-8 -1e-8; -100 100; 0 -1", {}),
    ...scalars("1 1; 0 0", half),
    ...arrays("i32[2]=1,5 i32[2]=2,4"),
  ],
  less: comparisons,
  lessEqual: comparisons,
  equal: comparisons,
  notEqual: comparisons,
  shiftRight: () => arrays("u32[3]=4294967295,5,0 u32[3]=31,1,0; u32[1]=77 u32[3]=1,2,3"),
  where: () =>
    arrays(
      "bool[2]=1,0 [2] [2]; bool[2,1]=1,0 [2] []; bool[]=1 [2,1] [1,2]; bool[0] [1] [0]; bool[2]=0,1 i32[2]=1,2 i32[2]=3,4",
    ),
};

function inverse(end: string): Cases {
  const inside = entire(`${tiny} 0.3 -0.7 0.99`, "[2,1]=0.5,-0.25; [1,1]=0; [2,0]");
  return [...inside, ...each(end, { step: 1e-25 }), ...each("1 -1 2", { order: 0 })];
}
