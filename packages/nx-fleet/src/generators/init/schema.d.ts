/** It takes no options. */
export type InitGeneratorSchema = Readonly<Record<string, unknown>>;
