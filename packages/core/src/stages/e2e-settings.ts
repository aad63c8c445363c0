import type { Settings } from '../settings/settings.js';
import { appSettings, type AppSettings } from './app-settings.js';
import { reviewSettings, type AgentStageSettings } from './stage-settings.js';

/** All that a trial of the app takes from the options and that its result depends on. */
export interface E2eStageSettings extends AgentStageSettings {
  readonly app: AppSettings;
}

/** The agent works at the tier of a review. */
export function e2eSettings(settings: Settings, name: string): E2eStageSettings {
  return { ...reviewSettings(settings, name), app: appSettings(settings) };
}
