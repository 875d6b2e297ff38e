/** The activations that the command offers: smooth ones, since derivatives of the score are trained. */
export const activationNames = ["tanh", "softplus", "silu", "gelu", "sigmoid"] as const;

/** One of their names. */
export type ActivationName = (typeof activationNames)[number];
