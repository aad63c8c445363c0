import Database from 'libsql';

const TABLES = `
  CREATE TABLE IF NOT EXISTS products (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    price_cents INTEGER NOT NULL CHECK (price_cents >= 0),
    stock INTEGER NOT NULL CHECK (stock >= 0)
  )`;

/** Opens the database that a URL such as `file:/srv/shop.db` names, and makes its tables. */
export function openDatabase(url) {
  const database = new Database(url.replace(/^file:/, ''));
  database.pragma('journal_mode = WAL');
  database.exec(TABLES);
  return database;
}
