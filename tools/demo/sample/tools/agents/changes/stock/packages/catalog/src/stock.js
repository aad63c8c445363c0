import { discountedCents } from './discounts.js';
import { listProducts } from './products.js';

/** The products that are in stock, at their discounted price. */
export function availableOffers(database, percent) {
  return listProducts(database)
    .filter(({ stock }) => stock > 0)
    .map((product) => ({ ...product, priceCents: discountedCents(product.priceCents, percent) }));
}
