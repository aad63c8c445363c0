import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatCents } from './pricing.js';

test('shows cents with two digits', () => {
  assert.equal(formatCents(1999), '19.99');
  assert.equal(formatCents(500), '5.00');
});
