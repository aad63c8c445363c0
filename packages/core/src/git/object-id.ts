import { z } from 'zod';

/** A full object name, SHA-1 or SHA-256. */
export const objectIdSchema = z.string().regex(/^[0-9a-f]{40,64}$/);
