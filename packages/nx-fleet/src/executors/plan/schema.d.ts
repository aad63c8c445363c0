export type PlanExecutorSchema = Readonly<Record<string, never>>;
