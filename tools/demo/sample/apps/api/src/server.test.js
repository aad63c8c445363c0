import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { openDatabase } from '@shop/catalog';
import { createApi } from './server.js';

async function withApi(work) {
  const server = createApi(openDatabase(':memory:'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await work(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

test('adds a product and lists it', () =>
  withApi(async (url) => {
    const added = await fetch(`${url}/products`, { method: 'POST', body: JSON.stringify({ name: 'Teapot', priceCents: 2990 }) });
    assert.equal(added.status, 200);
    const products = await (await fetch(`${url}/products`)).json();
    assert.deepEqual(
      products.map(({ name }) => name),
      ['Teapot'],
    );
  }));

test('says what is wrong with a product', () =>
  withApi(async (url) => {
    const response = await fetch(`${url}/products`, { method: 'POST', body: '{"name":"Teapot"}' });
    assert.equal(response.status, 400);
    assert.match((await response.json()).error, /priceCents/);
  }));

test('knows no other path', () =>
  withApi(async (url) => {
    assert.equal((await fetch(`${url}/nothing`)).status, 404);
  }));
