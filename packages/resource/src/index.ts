export { type AlertInfoSpec, alertInfo } from './alert-info.ts';
export { compose } from './compose.ts';
export type { NumberMatch, TimeCondition } from './condition.ts';
export type { Credential } from './credential.ts';
export { type Price, PriceList } from './deck.ts';
export { type Diagnostics, diagnostics, diagnosticsTenant } from './diagnostics.ts';
export type { DialPlanSpec } from './dial-plan.ts';
export { resourceDocumentation } from './documentation.ts';
export { type E164, misfit, type NumberFormat, needsAreaCode, spellNumber, toE164 } from './e164.ts';
export { type Example, type ExampleUser, exampleConfiguration, generatePassword } from './example.ts';
export * from './faults.ts';
export { readSources, type Source, type SourceFolder } from './folder.ts';
export { type HeaderRules, headerValue } from './header-rules.ts';
export { findProblems, type LoadOptions, load, loadStored, type Validation, validate } from './load.ts';
export { toYaml, withoutSecrets } from './masked.ts';
export type { MediaSpec } from './media.ts';
export { canonicalHost } from './name.ts';
export { nearest, nearestHint } from './nearest.ts';
export { isWithin } from './network.ts';
export type { DestinationSpec, NumberCondition, WaySpec } from './number.ts';
export type { Passwords } from './password.ts';
export { Pattern } from './pattern.ts';
export { formatProblem, type Problem } from './problem.ts';
export { type DocumentCache, type ReadDocuments, readDocuments } from './read.ts';
export {
  type DeckResource,
  isKind,
  jsonSchema,
  type Kind,
  kinds,
  type NumberResource,
  type Resource,
  type RouteResource,
  resourcePath,
  type ScheduleResource,
  type TenantResource,
  type TrunkResource,
  type UserResource,
} from './resource.ts';
export { type RewriteRule, rewrite } from './rewrite.ts';
export { scheduleAt } from './schedule.ts';
export { Secret } from './secret.ts';
export {
  homeRealm,
  type InboundNumber,
  type OutboundRoute,
  type Schedule,
  Snapshot,
  type Tenant,
  type Trunk,
  type User,
} from './snapshot.ts';
export { splitDocuments } from './split.ts';
export { type TagHeaders, type Tags, tagValue } from './tags.ts';
export type { RegistrationSpec, TenantSpec } from './tenant.ts';
export type { Account } from './trunk-auth.ts';
export { lineToken } from './trunk-line.ts';
export { trunkRealms } from './trunk-realms.ts';
export type { ProbeSpec, TrunkRegistrationSpec } from './trunk-registration.ts';
export { outboundRoute } from './trunk-route.ts';
export type { MaxContactsPolicy, UserSpec } from './user.ts';
