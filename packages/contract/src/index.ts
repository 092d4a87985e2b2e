/** The messages that services exchange, one namespace per file under proto/. */

export { type Codec, encoded } from './encoded.ts';
export * as etcd from './gen/etcdserverpb/rpc.ts';
export * as edge from './gen/tandem/edge/v1/edge.ts';
export * as event from './gen/tandem/event/v1/event.ts';
export * as media from './gen/tandem/media/v1/media.ts';
export * as router from './gen/tandem/router/v1/router.ts';
export * as trunk from './gen/tandem/trunk/v1/trunk.ts';
export { blankRequest, session as routerSession } from './session.ts';
