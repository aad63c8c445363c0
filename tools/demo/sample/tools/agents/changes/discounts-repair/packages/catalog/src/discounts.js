import { listProducts } from './products.js';

/** The price in whole cents after `percent` off, rounded to the nearest cent. */
export function discountedCents(priceCents, percent) {
  if (!(percent >= 0 && percent <= 100)) throw new RangeError('percent: expected 0 to 100');
  return Math.round((priceCents * (100 - percent)) / 100);
}

/** All products at their discounted price. */
export function listOffers(database, percent) {
  return listProducts(database).map((product) => ({ ...product, priceCents: discountedCents(product.priceCents, percent) }));
}
