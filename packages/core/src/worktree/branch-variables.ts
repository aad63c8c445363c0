import type { DatabaseSettings } from '../settings/settings.js';
import { ownPartNamed, partsOfUrl, type DatabaseParts } from '../environment/database-variables.js';

/** The way to a worktree's own database, in all forms that programs ask for. */
export interface BranchVariables {
  /** Those that the database and the settings name. */
  readonly named: Readonly<Record<string, string>>;
  /** The value of a variable that holds the URL or one part of it, whichever file sets it; null if it is of another database. */
  valueOf(name: string): string | null;
}

/** @param variables what the database gives; its first one is the URL. Empty values represent a database that is not there. */
export function branchVariables(settings: DatabaseSettings, variables: Readonly<Record<string, string>>): BranchVariables {
  const [url = ''] = Object.values(variables);
  const parts = partsOfUrl(url);
  const named = { ...variables };
  for (const [name, template] of Object.entries(settings.type === 'none' ? {} : (settings.extraVariables ?? {}))) {
    named[name] = url === '' ? '' : filled(template, { ...variables, url, ...parts });
  }
  const hasParts = Object.keys(variables).length > 0 && (url === '' || parts !== null);
  return {
    named,
    valueOf: (name) => {
      if (Object.hasOwn(named, name)) return named[name] ?? '';
      const part = hasParts ? ownPartNamed(name) : null;
      return part === null ? null : (parts?.[part] ?? '');
    },
  };
}

function filled(template: string, values: Readonly<Record<string, string>> | DatabaseParts): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => Object.entries(values).find(([key]) => key === name)?.[1] ?? whole);
}
