import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ExampleUser, exampleConfiguration, generatePassword } from '@tandem/resource';

/** What a start without configuration works with. */
export interface FirstConfiguration {
  readonly folder: string;
  /** The users with their passwords, when this start has made them. */
  readonly made: readonly Required<Pick<ExampleUser, 'name' | 'password'>>[];
}

const people = [
  { name: '1001', aliases: ['alice'], displayName: 'Alice' },
  { name: '1002', aliases: ['bob'], displayName: 'Bob' },
  { name: '1003', aliases: ['carol'], displayName: 'Carol' },
];

/** The configuration in the data folder: what an earlier start has made there, or a tenant with three users. */
export async function firstConfiguration(data: string): Promise<FirstConfiguration> {
  const folder = join(data, 'config');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).some((name) => /\.ya?ml$/.test(name))) return { folder, made: [] };
  const users = people.map((person) => ({ ...person, password: generatePassword() }));
  const text = exampleConfiguration({ tenant: 'home', domains: ['localhost'], ownAddresses: true, users });
  await writeFile(join(folder, 'home.yaml'), text, { mode: 0o600, flag: 'wx' });
  return { folder, made: users };
}
