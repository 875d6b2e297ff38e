// The operations of scalar code: all elementwise primitives of the engine.

/** The primitives that a step of scalar code can be. */
export const scalarOps: ReadonlySet<string> = new Set(
  (
    "abs acos add asin astype atan atan2 ceil cos cosh div equal erf erfc exp expm1 floor less lessEqual log " +
    "log1p maximum mod mul neg notEqual pow round sech2 shiftRight sigmoid sign sin sinh softplus sqrt " +
    "sub tan tanh where"
  ).split(" "),
);
