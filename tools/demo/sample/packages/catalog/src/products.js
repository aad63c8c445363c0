/** All products, by name. */
export function listProducts(database) {
  return database.prepare('SELECT id, name, price_cents AS priceCents, stock FROM products ORDER BY name').all().map(plain);
}

/** Adds a product and returns it. */
export function addProduct(database, { name, priceCents, stock = 0 }) {
  if (typeof name !== 'string' || name === '') throw new RangeError('name: expected text');
  if (!Number.isSafeInteger(priceCents) || priceCents < 0) throw new RangeError('priceCents: expected whole cents');
  const { lastInsertRowid } = database
    .prepare('INSERT INTO products (name, price_cents, stock) VALUES (?, ?, ?)')
    .run(name, priceCents, stock);
  return { id: Number(lastInsertRowid), name, priceCents, stock };
}

function plain({ id, name, priceCents, stock }) {
  return { id, name, priceCents, stock };
}
