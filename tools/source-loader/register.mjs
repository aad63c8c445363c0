import { register } from 'node:module';

// `node --import` this file runs our sources as they are: for processes that specs start.
register('./hooks.mjs', import.meta.url);
