import { mkdirSync } from 'node:fs';
import { addProduct, openDatabase } from '../packages/catalog/src/index.js';

const PRODUCTS = [
  { name: 'Coffee grinder', priceCents: 5999, stock: 3 },
  { name: 'French press', priceCents: 2450, stock: 12 },
  { name: 'Kettle', priceCents: 4900, stock: 0 },
  { name: 'Teapot', priceCents: 2999, stock: 7 },
];

mkdirSync('data', { recursive: true });
const database = openDatabase('file:data/shop.db');
for (const product of PRODUCTS) addProduct(database, product);
database.close();
