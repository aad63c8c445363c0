import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase } from './database.js';
import { addProduct } from './products.js';
import { availableOffers } from './stock.js';

test('offers what is in stock, discounted, and nothing that is sold out', () => {
  const database = openDatabase(':memory:');
  addProduct(database, { name: 'Teapot', priceCents: 3000, stock: 2 });
  addProduct(database, { name: 'Kettle', priceCents: 4900, stock: 0 });
  assert.deepEqual(
    availableOffers(database, 10).map(({ name, priceCents }) => [name, priceCents]),
    [['Teapot', 2700]],
  );
});
