import { z } from 'zod';
import { commandWords } from '../check/command-words.js';
import { UserError } from '../errors/user-error.js';

/** A command as users configure it. */
export const commandLineSchema = z
  .union([z.string().min(1), z.array(z.string()).min(1)])
  .describe('A command line without shell syntax ("nx run-many -t codegen"), or its words as an array')
  .superRefine((line, context) => {
    try {
      commandWords(line);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      context.addIssue({ code: 'custom', message: error.message.replace(/\.$/, '') });
    }
  });

export type CommandLine = z.infer<typeof commandLineSchema>;
