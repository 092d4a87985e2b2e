export { busCompliance } from './bus/compliance.ts';
export type { TwoBuses } from './bus/compliance-buses.ts';
export { Inbox as BusInbox } from './bus/compliance-inbox.ts';
export { callStoreCompliance } from './call-store/compliance.ts';
export { sampleCall } from './call-store/sample.ts';
export { leasesCompliance } from './cluster/leases-compliance.ts';
export {
  type MembershipNode,
  type MembershipRegion,
  membershipCompliance,
} from './cluster/membership-compliance.ts';
export {
  configurationSourceCompliance,
  type DocumentStore,
  type Documents,
} from './configuration/compliance.ts';
export { Told } from './configuration/compliance-told.ts';
export { callLimitsCompliance } from './limits/compliance.ts';
export { nonceCountsCompliance } from './nonce-counts/compliance.ts';
export { type CollectedSpan, Collector } from './telemetry/collector.ts';
export { type TraceRig, traceStoreCompliance } from './trace-store/compliance.ts';
export { trunkStoreCompliance } from './trunk-store/compliance.ts';
