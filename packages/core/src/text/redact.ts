const SECRET_NAME = /KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|URL|DSN|_PWD$|(?:^|_)PASS$/i;
const MIN_SECRET_LENGTH = 8;
const HIDDEN = '***';

type Variables = Readonly<Record<string, string>>;

/** What is a secret by its form, whoever knows it: private keys, tokens that say whose they are, passwords in URLs. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  // Whole, or cut off; line breaks as they are, or as JSON writes them. What cannot stand in a key ends it.
  [/(-----BEGIN [A-Z ]*PRIVATE KEY-----)(?:(?!-----)[\w+/=\s\\:,.-])*(?:-----END [A-Z ]*PRIVATE KEY-----)?/g, `$1${HIDDEN}`],
  [
    /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{20,}|xox[abprs]-[\w-]{10,}|npm_\w{30,}|napi_\w{20,}|lin_api_\w{20,}|AKIA[A-Z\d]{16})\b/g,
    HIDDEN,
  ],
  [/\bsk-[\w-]{20,}/g, HIDDEN],
  [/([a-z][a-z\d+.-]{1,20}:\/\/[^/?#\s:@"'\\]{0,100}:)[^/?#\s@"'\\]{1,200}@/gi, `$1${HIDDEN}@`],
];

/** The values of `env` that must not be repeated: those whose name says so, and each password inside a URL. Values shorter than 8 characters are not counted. */
export function secretsOf(env: Variables): readonly string[] {
  const secrets = new Set<string>();
  for (const [name, value] of Object.entries(env)) {
    if (SECRET_NAME.test(name)) addSecret(secrets, value);
    addSecret(secrets, passwordIn(value));
  }
  return [...secrets];
}

/** Replaces each secret by `***`, as it is and as JSON and URLs write it; and whatever is a secret by its form. */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const forms = [...new Set(secrets.flatMap(formsOf))].filter((form) => form.length >= MIN_SECRET_LENGTH || secrets.includes(form));
  forms.sort((first, second) => second.length - first.length);
  return (text) =>
    FORMS.reduce(
      (result, [form, shown]) => result.replace(form, shown),
      forms.reduce((result, form) => result.replaceAll(form, HIDDEN), text),
    );
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
    if (part.trim().length >= MIN_SECRET_LENGTH) secrets.add(part);
  }
}

function passwordIn(value: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]*?:([^/?#\s]*)@/i.exec(value)?.[1] ?? '';
}
