const SECRET_NAME = /KEY|TOKEN|SECRET|PASSWORD|URL/i;
const MIN_SECRET_LENGTH = 8;

type Variables = Readonly<Record<string, string>>;

/** The values of `env` that must not be repeated: those whose name says so, and each password inside a URL. Values shorter than 8 characters are not counted. */
export function secretsOf(env: Variables): readonly string[] {
  const secrets = new Set<string>();
  for (const [name, value] of Object.entries(env)) {
    if (SECRET_NAME.test(name)) addSecret(secrets, value);
    addSecret(secrets, passwordIn(value));
  }
  return [...secrets];
}

/** Replaces each secret by `***`, as it is and as JSON writes it. */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const forms = [...new Set(secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]))];
  forms.sort((first, second) => second.length - first.length);
  return (text) => forms.reduce((result, form) => result.replaceAll(form, '***'), text);
}

function addSecret(secrets: Set<string>, value: string): void {
  for (const part of [value, ...value.split(/\r?\n/)]) {
    if (part.trim().length >= MIN_SECRET_LENGTH) secrets.add(part);
  }
}

function passwordIn(value: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]*?:([^/?#\s]*)@/i.exec(value)?.[1] ?? '';
}
