/** What the jest run of one project came to, as its reporter writes it. */
export interface ProjectResult {
  /** Folder relative to the repository's root. */
  readonly project: string;
  readonly passed: number;
  readonly failed: number;
  /** Left out: `skip` and `todo`. */
  readonly skipped: number;
  /** Test files that could not be run at all; their tests are in no other number. */
  readonly brokenFiles: number;
}
