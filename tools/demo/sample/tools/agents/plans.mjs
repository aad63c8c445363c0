const PLANS = {
  Discounts: {
    summary: 'The catalog computes discounted prices in whole cents, and the API lists them.',
    steps: [
      step(
        'Compute a discounted price',
        'discountedCents() rounds to the nearest cent and refuses percentages outside 0 to 100.',
        'packages/catalog/src/discounts.js',
      ),
      step('Serve offers', 'GET /offers reads the percentage from the query.', 'apps/api/src/routes.js'),
    ],
    acceptance: ['discountedCents(1999, 15) is 1699', 'A percentage of 101 is refused'],
  },
  Search: {
    summary: 'The catalog finds products by a part of their name, and the API serves it.',
    steps: [
      step('Find products by text', 'searchProducts() compares whatever the case.', 'packages/catalog/src/search.js'),
      step('Serve the search', 'GET /search reads the text from the query.', 'apps/api/src/routes.js'),
    ],
    acceptance: ['Searching for "tea" finds the teapot and nothing else'],
  },
  Stock: {
    summary: 'Offers leave out what is sold out.',
    steps: [
      step('Offer what is in stock', 'availableOffers() builds on discountedCents() of issue 1.', 'packages/catalog/src/stock.js'),
      step('Serve it', 'GET /available reads the percentage from the query.', 'apps/api/src/routes.js'),
    ],
    acceptance: ['A product without stock is not offered'],
  },
};

function step(title, detail, ...files) {
  return { title, detail, files };
}

/** The plan for an issue, as the JSON object that the prompt asks for. */
export function planFor({ title }) {
  const plan = PLANS[title];
  if (plan === undefined) throw new Error(`no plan is scripted for "${title}"`);
  return { ...plan, projects: ['@shop/catalog', '@shop/api'], assumptions: [] };
}
