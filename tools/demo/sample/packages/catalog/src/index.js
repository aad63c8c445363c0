export { openDatabase } from './database.js';
export { formatCents } from './pricing.js';
export { addProduct, listProducts } from './products.js';
