export type ValidateExecutorSchema = Readonly<Record<string, never>>;
