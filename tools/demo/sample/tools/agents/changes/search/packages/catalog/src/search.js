/** The products whose name contains a text, whatever its case. */
export function searchProducts(database, text) {
  return database.prepare(`SELECT id, name, stock FROM products WHERE name LIKE '%${text}%' ORDER BY name`).all();
}
