import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase } from './database.js';
import { addProduct } from './products.js';
import { searchProducts } from './search.js';

test('finds products by a part of the name, whatever its case', () => {
  const database = openDatabase(':memory:');
  addProduct(database, { name: 'Teapot', priceCents: 2999 });
  addProduct(database, { name: 'Kettle', priceCents: 4900 });
  assert.deepEqual(
    searchProducts(database, 'tea').map(({ name }) => name),
    ['Teapot'],
  );
});

test('finds nothing where nothing matches', () => {
  assert.deepEqual(searchProducts(openDatabase(':memory:'), 'cup'), []);
});
