import { existsSync } from 'node:fs';
import { openDatabase } from '@shop/catalog';
import { createApi } from './server.js';

const ENV_FILE = '.env.local';

if (existsSync(ENV_FILE)) process.loadEnvFile(ENV_FILE);
const port = Number(process.env.PORT ?? 3000);
const url = process.env.DATABASE_URL ?? 'file:data/shop.db';
const server = createApi(openDatabase(url));
server.listen(port, '127.0.0.1', () => process.stdout.write(`listening on http://localhost:${port} with ${url}\n`));
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
});
