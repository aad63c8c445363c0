export { createDatabase, type DatabaseContext } from './create-database.js';
