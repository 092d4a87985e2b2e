export type { Span, SpanContext } from '@opentelemetry/api';
export { AdvertisedAddresses, type WantedAddresses } from './advertise/advertised.ts';
export { type Family, familyOf } from './advertise/family.ts';
export { type FoundAddress, usual as usualSources } from './advertise/find.ts';
export { refusePodAddresses } from './advertise/pod.ts';
export {
  type AddressSource,
  isGiven,
  isOfCluster,
  parseAddressSources,
  sourceForms,
} from './advertise/source.ts';
export {
  type Bus,
  type BusMessage,
  eventSubjects,
  keyWindowMs,
  maxEvent,
  maxPayload,
  type PublishOptions,
  type RequestOptions,
  type SubscribeOptions,
  type Subscription,
} from './bus/bus.ts';
export { digest, type EventOrigin, publishEvent, type ToldEvent } from './bus/event.ts';
export { MemoryBus, type MemoryBusOptions } from './bus/memory.ts';
export { NatsBus, type NatsBusOptions } from './bus/nats.ts';
export { subjectToken } from './bus/subject.ts';
export {
  type CallEnding,
  type CallPage,
  type CallQuery,
  type CallRecord,
  type CallStore,
  maxCallRecord,
} from './call-store/call-store.ts';
export { MemoryCallStore } from './call-store/memory.ts';
export { RedisCallStore } from './call-store/redis.ts';
export { type Balance, balances, type Candidate, rendezvous, serving } from './cluster/balance.ts';
export { Balancer } from './cluster/balancer.ts';
export { BusMembership, type BusMembershipOptions } from './cluster/bus-membership.ts';
export { firstConnection } from './cluster/connections.ts';
export { EtcdLeases, type EtcdLeasesOptions } from './cluster/etcd-leases.ts';
export type { Lease, Leases } from './cluster/leases.ts';
export {
  type Announcement,
  type Condition,
  type Member,
  type Membership,
  type MembershipChange,
  type Presence,
  type Tier,
  tiers,
} from './cluster/membership.ts';
export { MemoryLeases, type MemoryOwners } from './cluster/memory-leases.ts';
export { MemoryMembers, MemoryMembership } from './cluster/memory-membership.ts';
export { NodeProof, type ProofCheck } from './cluster/node-proof.ts';
export { EtcdSource, type EtcdSourceOptions } from './configuration/etcd.ts';
export { type FilesOptions, FilesSource } from './configuration/files.ts';
export type { ConfigurationSource } from './configuration/source.ts';
export { ConfigurationStore, type StoredConfiguration } from './configuration/store.ts';
export { configurationKey, configurationPrefix, storedSources } from './configuration/stored.ts';
export { type Drainable, Drains, type TierDrain } from './drains.ts';
export { type EtcdAddress, type EtcdEndpoint, etcdUrl } from './etcd/address.ts';
export { Etcd, type EtcdOptions } from './etcd/etcd.ts';
export { type Change, Mirror, type MirrorOptions } from './etcd/mirror.ts';
export { commit, type Entry, type Guard, get, type Listing, list, type Write } from './etcd/store.ts';
export * from './faults.ts';
export { Readiness } from './http/readiness.ts';
export { type HttpOptions, type HttpServer, type Route, startHttp } from './http/server.ts';
export { derive, type KeyPurpose, minSecretLength } from './keys.ts';
export { KeptDeletionCost } from './kubernetes/deletion-cost.ts';
export { Kubernetes, type Selection } from './kubernetes/kubernetes.ts';
export { nodeNamed, type ObjectPlace, podStatus, podsIn, secretIn, servicesIn } from './kubernetes/place.ts';
export { Lifecycle, type PartOptions } from './lifecycle.ts';
export type { CallLimit, CallLimits, HeldPlace } from './limits/call-limits.ts';
export { MemoryCallLimits } from './limits/memory.ts';
export { RedisCallLimits } from './limits/redis.ts';
export { createLog, type Log, type LogBindings, type LogLevel, type LogOptions, logLevels } from './log.ts';
export { MemoryNonceCounts } from './nonce-counts/memory.ts';
export { maxNonceCount, type NonceCounts, nonceWindow } from './nonce-counts/nonce-counts.ts';
export { RedisNonceCounts } from './nonce-counts/redis.ts';
export { OctetReader, shortText } from './octets.ts';
export { PerSecond } from './per-second.ts';
export { probedPort, probeOctets, probePacket, probeToken } from './probe/probe-packet.ts';
export { ProbeSightings, probeTime, type Sighting } from './probe/probe-sightings.ts';
export { handleProcessEvents } from './process-events.ts';
export type { Reply } from './redis/connection.ts';
export { Redis, type RedisOptions } from './redis/redis.ts';
export { type Script, script } from './redis/script.ts';
export { type RedisAccess, type RedisServers, redisUrl } from './redis/servers.ts';
export { shardOf } from './redis/slot.ts';
export type { Page } from './redis/sorted-names.ts';
export { Turns } from './redis/turns.ts';
export { fnv, scatter } from './scatter.ts';
export { isProven, seal, type TokenKey, tokenKey, type Unsealed, unseal } from './seal.ts';
export { loadOrCreateSecret } from './secret-file.ts';
export {
  addressBlocks,
  formatHostPort,
  type HostPort,
  type HostPortRange,
  hostPort,
  hostPortRange,
  isWildcard,
  type Listener,
  listeners,
} from './settings/address.ts';
export { settingsDocumentation } from './settings/documentation.ts';
export { parseSettings, type SettingsInput } from './settings/parse.ts';
export { oneOf, readBy, secretText, text, token, wholeNumber } from './settings/schema.ts';
export {
  type AnySettings,
  type ComputedDefault,
  type Definition,
  defineSettings,
  type Setting,
  type SettingsOf,
} from './settings/setting.ts';
export { type SharedSettings, sharedSettings } from './settings/shared.ts';
export type { CounterKind, GaugeKind, HistogramKind, MetricKind } from './telemetry/kind.ts';
export { type Labels, Metrics, type MetricsOptions, type Report } from './telemetry/metrics.ts';
export { observeProcess } from './telemetry/process.ts';
export { startTracing } from './telemetry/start-tracing.ts';
export { callSpanIdOf, readTraceparent, traceIdOf, writeTraceparent } from './telemetry/trace-id.ts';
export type { SpanAttributes, SpanStart, Tracing, TracingOptions } from './telemetry/tracing.ts';
export { BatchWriter, decodeBatch, encodeBatch } from './trace-store/batch.ts';
export { MemoryTraceStore, type MemoryTraceStoreOptions } from './trace-store/memory.ts';
export { NatsTraceStore, type NatsTraceStoreOptions } from './trace-store/nats.ts';
export {
  allTraces,
  type MessageEntry,
  type NoteEntry,
  readTrace,
  type TraceBatch,
  type TraceEntry,
  type TraceStore,
  traceLifetimeMs,
  traceSubject,
} from './trace-store/trace-store.ts';
export { MemoryTrunkStore } from './trunk-store/memory.ts';
export { RedisTrunkStore } from './trunk-store/redis.ts';
export { TrunkSightings, type TrunkSightingsOptions, trunkSightings } from './trunk-store/sightings.ts';
export { maxTrunkState, type TrunkPage, type TrunkStore } from './trunk-store/trunk-store.ts';
