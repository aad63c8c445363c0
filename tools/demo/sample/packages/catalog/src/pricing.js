/** Cents as a price for people: `1999` is `19.99`. */
export function formatCents(cents) {
  return (cents / 100).toFixed(2);
}
