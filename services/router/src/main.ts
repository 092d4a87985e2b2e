export { DeadFlows, type DeadFlowsParts } from './dead-flows.ts';
export { DecisionTracing } from './decision-tracing.ts';
export { type DryRun, dryRun } from './dry-run.ts';
export * from './faults.ts';
export { type Caller, identify, type Proven } from './identity.ts';
export { limitsUnchecked, registeredUsers, storeTime } from './metrics.ts';
export type { Question } from './question.ts';
export { type Bindings, route, wanted } from './route.ts';
export { Router, type RouterParts } from './router.ts';
export { type RouterServer, type RouterServerOptions, startRouterServer } from './serve/server.ts';
export {
  advertisedAddress,
  type OwnRouterSettings,
  type RouterSettings,
  routerSettings,
} from './settings.ts';
export { publishRegistrations, unmatchedPublisher } from './uses/events.ts';
export { TrunkNodes } from './uses/trunks.ts';
export { VerdictCounts } from './verdict-counts.ts';
