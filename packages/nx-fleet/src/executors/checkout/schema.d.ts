export type CheckoutExecutorSchema = Readonly<Record<string, never>>;
