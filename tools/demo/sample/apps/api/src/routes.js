import * as catalog from '@shop/catalog';

/** What the API answers. Each route gets the database, the parsed body and the query. */
export const routes = {
  'GET /products': ({ database }) => catalog.listProducts(database),
  'POST /products': ({ database, body }) => catalog.addProduct(database, body),
};
