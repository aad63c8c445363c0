import type { RunningProcess } from '../../host/host.js';

/** A request to an app, as it is sent. */
export interface AppRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  /** Empty for none. */
  readonly body: string;
}

/** What the app answered; redirects are not followed. `failed` says in a few words why there is no answer. */
export type AppAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: readonly { readonly name: string; readonly value: string }[];
      /** Text, cut at 100,000 characters; of anything else only its kind and size. */
      readonly body: string;
    }
  | { readonly kind: 'failed'; readonly reason: string };

/** An app on this machine, from outside. */
export interface AppAccess {
  /** Whether something accepts connections at a URL's host and port. Opens none of its own: an app that starts would find its port taken. */
  listens(url: string): Promise<boolean>;
  send(request: AppRequest): Promise<AppAnswer>;
  /** Who listens on a port, where the system tells it. */
  listenerAt(port: number): Promise<RunningProcess | null>;
  pause(ms: number): Promise<void>;
}
