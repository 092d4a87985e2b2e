export { compose } from './compose.ts';
export type { Credential } from './credential.ts';
export { type Diagnostics, diagnostics, diagnosticsTenant } from './diagnostics.ts';
export { resourceDocumentation } from './documentation.ts';
export { type Example, type ExampleUser, exampleConfiguration, generatePassword } from './example.ts';
export * from './faults.ts';
export { type LoadOptions, load, type Validation, validate } from './load.ts';
export type { MediaSpec } from './media.ts';
export { canonicalHost } from './name.ts';
export { nearest, nearestHint } from './nearest.ts';
export type { Passwords } from './password.ts';
export { formatProblem, type Problem } from './problem.ts';
export type { DocumentCache } from './read.ts';
export {
  jsonSchema,
  type Kind,
  kinds,
  type Resource,
  type TenantResource,
  type UserResource,
} from './resource.ts';
export { Secret } from './secret.ts';
export { homeRealm, Snapshot, type Tenant, type User } from './snapshot.ts';
export type { RegistrationSpec, TenantSpec } from './tenant.ts';
export type { MaxContactsPolicy, UserSpec } from './user.ts';
