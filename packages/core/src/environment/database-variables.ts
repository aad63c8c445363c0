const SCHEME = '(?:postgres|postgresql|mysql|mariadb|mongodb|mongodb\\+srv|sqlserver|mssql|libsql|cockroachdb|clickhouse)';
/** Anywhere in a text: settings in JSON and comments name databases too. */
const DATABASE = new RegExp(`\\bjdbc:(?!sqlite)|\\b${SCHEME}(?:\\+\\w+)?://`, 'i');
const CACHE = /\brediss?:\/\//i;
const ABSOLUTE_FILE = /^(?:file|sqlite|jdbc:sqlite):(?:\/\/)?(?:\/|[A-Za-z]:\\)/i;

const OWNER = '(?:DB|DATABASE|PG|PG_|POSTGRES|POSTGRESQL|MYSQL|MARIADB|MONGO|MONGODB|MSSQL|SQL|TYPEORM)';
const PART = new RegExp(
  `^(?:\\w+_)?${OWNER}_?(?:(HOST|HOSTNAME|HOSTADDR|SERVER)|(PORT)|(USER|USERNAME)|(PASS|PASSWORD|PASSWD)|(NAME|DATABASE|DB|DBNAME))$`,
);
const OF_POSTGRES = /^(?:DB|DATABASE|PG|PG_|POSTGRES|POSTGRESQL|TYPEORM)_?(?:HOST|PORT|USER|PASS|NAME|DATABASE|DB$)/;
const PARTS = ['host', 'port', 'user', 'password', 'database'] as const;

export type DatabasePart = (typeof PARTS)[number];
export type DatabaseParts = Readonly<Record<DatabasePart, string>>;

/** Whether a text names a database on a server by its URL. */
export function namesDatabase(text: string): boolean {
  return DATABASE.test(text);
}

/** Whether a variable's value leads to data outside of the worktree. */
export function leadsToDatabase(value: string): boolean {
  return namesDatabase(value) || CACHE.test(value) || ABSOLUTE_FILE.test(value.trim());
}

/** Whether a variable's value names a database that worktrees would share; caches are not counted. */
export function namesSharedDatabase(name: string, value: string): boolean {
  return namesDatabase(value) || ABSOLUTE_FILE.test(value.trim()) || (value !== '' && partNamed(name) === 'host');
}

/** Which part of the way to a database a variable holds, by its name: `DB_HOST`, `PGUSER`, `TYPEORM_DATABASE`. */
export function partNamed(name: string): DatabasePart | null {
  const match = PART.exec(name.toUpperCase());
  return match === null ? null : (PARTS[match.slice(1).findIndex((group) => group !== undefined)] ?? null);
}

/** The part that a PostgreSQL database gives a variable: of a variable that names no other one, such as `ANALYTICS_DB_HOST` or `MYSQL_HOST`. */
export function ownPartNamed(name: string): DatabasePart | null {
  return OF_POSTGRES.test(name.toUpperCase()) ? partNamed(name) : null;
}

/** The parts of a URL, decoded; null where it has no host. */
export function parseDatabaseUrl(url: string): DatabaseParts | null {
  if (!/^[a-z][a-z\d+.-]*:\/\//i.test(url) || !URL.canParse(url)) return null;
  const { hostname, port, username, password, pathname, protocol } = new URL(url);
  if (hostname === '') return null;
  try {
    return {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' && protocol.startsWith('postgres') ? '5432' : port,
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
      database: decodeURIComponent(pathname.replace(/^\//, '')),
    };
  } catch {
    // A stray percent sign: what it means differs from driver to driver.
    return null;
  }
}

/** The URL of a PostgreSQL database that variables describe in parts; null without a host and a name. */
export function joinDatabaseUrl(env: Readonly<Record<string, string>>): string | null {
  const parts: Partial<Record<DatabasePart, string>> = {};
  for (const [name, value] of Object.entries(env)) {
    const part = value === '' ? null : ownPartNamed(name);
    if (part !== null) parts[part] ??= value;
  }
  const { host, port = '5432', user, password, database } = parts;
  if (host === undefined || database === undefined) return null;
  const login = user === undefined ? '' : `${encodeURIComponent(user)}${password === undefined ? '' : `:${encodeURIComponent(password)}`}@`;
  return `postgresql://${login}${host.includes(':') ? `[${host}]` : host}:${port}/${encodeURIComponent(database)}`;
}
