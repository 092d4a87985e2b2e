/** The folder that is imported. Nothing outside of it is ever read. */
export interface Folder {
  /** The paths of all files in it and below, relative to it. */
  readonly paths: readonly string[];
  /** The text of a file; what is wrong with it where there is none. */
  read(path: string): { readonly text: string } | { readonly problem: string };
}
