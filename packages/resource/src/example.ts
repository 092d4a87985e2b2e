import { randomInt } from 'node:crypto';
import { stringify } from 'yaml';

/** Without characters that are mistaken for each other when read aloud or copied from paper. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';
const passwordLength = 16;

/** What a first configuration holds. */
export interface Example {
  readonly tenant: string;
  readonly domains: readonly string[];
  /** The addresses of the edges count as the tenant's domain. */
  readonly ownAddresses?: boolean;
  readonly users: readonly ExampleUser[];
}

export interface ExampleUser {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly displayName?: string;
  /** Generated when it is not given. */
  readonly password?: string;
}

/** 79 random bits that are easy to type into a phone. */
export function generatePassword(): string {
  return Array.from({ length: passwordLength }, () => alphabet[randomInt(alphabet.length)]).join('');
}

/** The YAML of a first configuration: a tenant and its users, each with a password of its own. */
export function exampleConfiguration(example: Example): string {
  const documents = [
    tenantDocument(example),
    ...example.users.map((user) => userDocument(example.tenant, user)),
  ];
  return documents.map((document) => stringify(document)).join('---\n');
}

function tenantDocument({ tenant, domains, ownAddresses = false }: Example): object {
  return {
    apiVersion: 'tandem/v1',
    kind: 'Tenant',
    metadata: { name: tenant },
    spec: { domains, ...(ownAddresses && { ownAddresses }) },
  };
}

function userDocument(tenant: string, user: ExampleUser): object {
  const { name, aliases = [], displayName, password = generatePassword() } = user;
  return {
    apiVersion: 'tandem/v1',
    kind: 'User',
    metadata: { tenant, name },
    spec: {
      ...(aliases.length > 0 && { aliases }),
      ...(displayName !== undefined && { displayName }),
      credentials: { password },
    },
  };
}
