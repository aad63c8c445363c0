const SECRET_NAME = /KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|URL|DSN|_PWD$|(?:^|_)PASS$/i;
const MIN_SECRET_LENGTH = 8;
const NEVER_BY_CHANCE = 16;
const HIDDEN = '***';
const SECRET_PARAMETER = /[?&][\w.-]*(?:key|token|secret|pass|pwd|auth|sig)[\w.-]*=([^&#\s]+)/gi;

type Variables = Readonly<Record<string, string>>;

/** Names and passwords that samples, images and servers come with. */
const DEFAULTS =
  '(?:postgres(?:ql)?|root|admin(?:istrator)?|user(?:name)?|guest|pass(?:word)?|passwd|secret|default|mysql|mariadb|mongo(?:db)?|redis|database|test(?:ing)?|dev(?:elop(?:ment)?)?|prod(?:uction)?|staging|local(?:host)?|example|sample|changeme|change-?me|change_me|placeholder|undefined|disabled|enabled)';
const IS_DEFAULT = new RegExp(`^${DEFAULTS}$`, 'i');
/** A place on this machine: `localhost:3000`, `http://127.0.0.1/health`, with a user and a password that are looked at on their own. */
const LOOPBACK = new RegExp(
  [
    String.raw`^(?:[a-z][a-z\d+.-]*://)?(?:[\w.%-]{0,32}(?::[^/?#@\s]*)?@)?`,
    String.raw`(?:[\w-]+\.)*(?:localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[::1?\]|::1|host\.docker\.internal)(?::\d+)?`,
    String.raw`(?:/[^?#\s]*)?(?:\?(?![^\s]*(?:key|token|secret|pass|auth|sig))[^#\s]*)?$`,
  ].join(''),
  'i',
);

/** What is a secret by its form, wherever it comes from: private keys, tokens that say whose they are, passwords in URLs. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  // Whole, or cut off; line breaks as they are, or as JSON writes them. What cannot be in a key ends it.
  [/(-----BEGIN [A-Z ]*PRIVATE KEY-----)(?:(?!-----)[\w+/=\s\\:,.-])*(?:-----END [A-Z ]*PRIVATE KEY-----)?/g, `$1${HIDDEN}`],
  [
    /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{20,}|xox[abprs]-[\w-]{10,}|npm_\w{30,}|napi_\w{20,}|lin_api_\w{20,}|AKIA[A-Z\d]{16})\b/g,
    HIDDEN,
  ],
  [/\bsk-[\w-]{20,}/g, HIDDEN],
  [new RegExp(String.raw`([a-z][a-z\d+.-]{1,20}://[^/?#\s:@"'\\]{0,100}:)(?!${DEFAULTS}@)[^/?#\s@"'\\]{1,200}@`, 'gi'), `$1${HIDDEN}@`],
];

/** The values of `env` that must not be repeated: those whose name says so, and each password and token inside a URL; what `isPublic` knows is left out. */
export function findSecrets(env: Variables): readonly string[] {
  const secrets = new Set<string>();
  for (const [name, value] of Object.entries(env)) {
    if (SECRET_NAME.test(name)) addSecret(secrets, value);
    for (const secret of secretsInUrl(value)) addSecret(secrets, secret);
  }
  return [...secrets];
}

/** Replaces each secret by `***`, as a word of its own, as it is and as JSON and URLs write it; and whatever is a secret by its form. */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const forms = [...new Set(secrets.flatMap(formsOf))].filter((form) => form.length >= MIN_SECRET_LENGTH || secrets.includes(form));
  forms.sort((first, second) => second.length - first.length);
  const known = forms.length === 0 ? null : new RegExp(forms.map(asWord).join('|'), 'gu');
  return (text) =>
    FORMS.reduce((result, [form, shown]) => result.replace(form, shown), known === null ? text : text.replace(known, HIDDEN));
}

const LETTER = '[\\p{L}\\p{N}]';
/** What ends in a letter and is none: escapes of JSON, URLs and terminals. */
const ESCAPE = String.raw`(?<=\\[nrtbf]|\\u[\da-fA-F]{4}|%[\da-fA-F]{2}|\[[\d;]*m)`;

/** A text that begins or ends with a letter or digit is found between other ones only if it is too long to be there by chance. */
function asWord(text: string): string {
  const pattern = text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  if (text.length >= NEVER_BY_CHANCE && /\d/.test(text)) return pattern;
  const start = new RegExp(`^${LETTER}`, 'u').test(text) ? `(?:(?<!${LETTER})|${ESCAPE})` : '';
  const end = new RegExp(`${LETTER}$`, 'u').test(text) ? `(?!${LETTER})` : '';
  return start + pattern + end;
}

const KEY_BEGINS = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\w+/=\s-]*$/;
const KEY_ENDS = /^.*-----END [A-Z ]*PRIVATE KEY-----/;
const KEY_LINE = /^\s*(?:[\w+/=]*|[\w-]+: .*)\s*$/;

/** Redacts text that comes line by line: remembers that a private key has begun. */
export function createLineRedactor(redact: (text: string) => string): (line: string) => string {
  let isInKey = false;
  return (line) => {
    const wasInKey = isInKey;
    isInKey = KEY_BEGINS.test(line) || (wasInKey && KEY_LINE.test(line));
    if (wasInKey && KEY_ENDS.test(line)) return redact(line.replace(KEY_ENDS, HIDDEN));
    return wasInKey && isInKey ? HIDDEN : redact(line);
  };
}

function formsOf(secret: string): readonly string[] {
  return [secret, JSON.stringify(secret).slice(1, -1), inUrl(secret, encodeURIComponent), inUrl(secret, decodeURIComponent)];
}

/** Whether everybody may know a value, whatever its variable is called: a default, a place on this machine, a file, a page of a public host. */
function isPublic(value: string): boolean {
  if (IS_DEFAULT.test(value) || LOOPBACK.test(value) || (/^(?:file|sqlite):/i.test(value) && secretsInUrl(value).length === 0)) return true;
  return /^https?:\/\/[\w.-]+(?::\d+)?\/?$/i.test(value);
}

function inUrl(secret: string, convert: (text: string) => string): string {
  try {
    return convert(secret);
  } catch (error) {
    // It is in no URL, then.
    if (error instanceof URIError) return secret;
    throw error;
  }
}

function addSecret(secrets: Set<string>, value: string): void {
  for (const part of [value, ...value.split(/\r?\n/)]) {
    if (part.trim().length >= MIN_SECRET_LENGTH && !isPublic(part.trim())) secrets.add(part);
  }
}

/** The password of a URL, and what its query calls a secret. */
function secretsInUrl(value: string): readonly string[] {
  const [, password] = /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]*?:([^/?#\s]*)@/i.exec(value) ?? [];
  const parameters = /^[a-z][a-z0-9+.-]*:/i.test(value) ? value.matchAll(SECRET_PARAMETER) : [];
  return [...(password === undefined ? [] : [password]), ...[...parameters].map(([, secret = '']) => secret)];
}
