export type DbResetExecutorSchema = Record<string, never>;
