import { z } from 'zod';
import { reviewSchema } from './review.js';
import { storedVerdictSchema } from './verdict.js';

const SCHEMAS = {
  review: { title: 'Review', description: 'What one reviewer says of a change: review.json of nx-fleet.', schema: reviewSchema },
  verdict: {
    title: 'Verdict',
    description: 'What all reviewers together say of a change: verdict.json of nx-fleet.',
    schema: storedVerdictSchema,
  },
} as const;

/** JSON schemas (draft 2020-12) of the artefacts that other programs read, by name: `<name>.schema.json`. */
export function artefactSchemas(): Readonly<Record<string, object>> {
  return Object.fromEntries(
    Object.entries(SCHEMAS).map(([name, { schema, title, description }]) => {
      const { $schema, ...rest } = z.toJSONSchema(schema);
      return [name, { $schema, title, description, ...rest }];
    }),
  );
}
