export type DbRefreshExecutorSchema = Record<string, never>;
