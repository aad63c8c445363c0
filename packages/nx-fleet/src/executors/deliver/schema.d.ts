export type DeliverExecutorSchema = Readonly<Record<string, never>>;
