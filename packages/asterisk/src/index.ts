export { maxOctets } from './caps.ts';
export * from './faults.ts';
export type { Folder } from './folder.ts';
export { type Import, type ImportOptions, importAsterisk } from './import.ts';
export type { Entry, Fate } from './ledger.ts';
export { reportOf } from './report.ts';
