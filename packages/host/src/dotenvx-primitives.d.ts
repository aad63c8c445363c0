declare module '@dotenvx/primitives' {
  interface Primitives {
    /** All values of each variable, as they stand: nothing is expanded or run. */
    scan(text: string): { readonly scanned: Readonly<Record<string, readonly string[]>> };
  }
  const primitives: Primitives;
  export default primitives;
}
