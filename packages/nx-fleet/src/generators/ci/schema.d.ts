export interface CiGeneratorSchema {
  /** Whose pipelines are written. */
  readonly provider: 'github' | 'gitlab';
  /** Label that turns a GitHub issue into a pull request. @default 'nx-fleet' */
  readonly label?: string;
  /** Branch that pull requests go into. @default the default branch of origin, else `defaultBase` in nx.json */
  readonly base?: string;
  /** Replace pipelines that differ from what is written. @default false */
  readonly overwrite?: boolean;
}
