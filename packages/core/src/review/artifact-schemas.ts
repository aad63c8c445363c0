import { z } from 'zod';
import { ignoreFileSchema } from './ignore-file.js';
import { reviewSchema } from './review.js';
import { storedVerdictSchema } from './verdict.js';

const SCHEMAS = {
  ignore: {
    title: 'Ignored findings',
    description: 'Findings of reviews that a team has decided to live with: nx-fleet-ignore.json at the root of the workspace.',
    schema: ignoreFileSchema,
  },
  review: { title: 'Review', description: 'The answer of one reviewer about a change: review.json of nx-fleet.', schema: reviewSchema },
  verdict: {
    title: 'Verdict',
    description: 'The answers of all reviewers, merged: verdict.json of nx-fleet.',
    schema: storedVerdictSchema,
  },
} as const;

/** JSON schemas (draft 2020-12) of the files that other programs and editors read, by name: `<name>.schema.json`. */
export function artifactSchemas(): Readonly<Record<string, object>> {
  return Object.fromEntries(
    Object.entries(SCHEMAS).map(([name, { schema, title, description }]) => {
      const { $schema, ...rest } = z.toJSONSchema(schema);
      return [name, { $schema, title, description, ...rest }];
    }),
  );
}
