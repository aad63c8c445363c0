import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase } from './database.js';
import { addProduct, listProducts } from './products.js';

test('lists what was added, by name', () => {
  const database = openDatabase(':memory:');
  addProduct(database, { name: 'Teapot', priceCents: 2990, stock: 4 });
  addProduct(database, { name: 'Kettle', priceCents: 4900 });
  assert.deepEqual(
    listProducts(database).map(({ name, stock }) => [name, stock]),
    [
      ['Kettle', 0],
      ['Teapot', 4],
    ],
  );
});

test('refuses a price that is not whole cents', () => {
  const database = openDatabase(':memory:');
  assert.throws(() => addProduct(database, { name: 'Teapot', priceCents: 29.9 }), RangeError);
  assert.deepEqual(listProducts(database), []);
});

test('keeps a name as it is, quotes included', () => {
  const database = openDatabase(':memory:');
  addProduct(database, { name: "Potter's jug", priceCents: 1500 });
  assert.equal(listProducts(database)[0].name, "Potter's jug");
});
