export type GateExecutorSchema = Readonly<Record<string, never>>;
