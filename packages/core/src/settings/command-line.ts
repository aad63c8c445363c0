import { z } from 'zod';

/** A command as users configure it. */
export const commandLineSchema = z
  .union([z.string().min(1), z.array(z.string()).min(1)])
  .describe('A command line without shell syntax ("nx run-many -t codegen"), or its words as an array');

export type CommandLine = z.infer<typeof commandLineSchema>;
