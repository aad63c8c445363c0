export type CheckoutFixExecutorSchema = Readonly<Record<string, never>>;
