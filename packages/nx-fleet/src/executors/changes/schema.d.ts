export type ChangesExecutorSchema = Readonly<Record<string, never>>;
