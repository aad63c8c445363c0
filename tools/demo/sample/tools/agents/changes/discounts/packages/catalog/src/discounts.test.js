import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase } from './database.js';
import { discountedCents, listOffers } from './discounts.js';
import { addProduct } from './products.js';

test('takes a percentage off', () => {
  assert.equal(discountedCents(2000, 15), 1700);
  assert.equal(discountedCents(2000, 100), 0);
});

test('rounds to the nearest cent', () => {
  assert.equal(discountedCents(1999, 15), 1699);
  assert.equal(discountedCents(1998, 25), 1499);
});

test('refuses a percentage outside 0 to 100', () => {
  for (const percent of [-1, 101, Number.NaN]) assert.throws(() => discountedCents(2000, percent), RangeError);
});

test('offers all products', () => {
  const database = openDatabase(':memory:');
  addProduct(database, { name: 'Teapot', priceCents: 3000 });
  assert.equal(listOffers(database, 10)[0].priceCents, 2700);
});
