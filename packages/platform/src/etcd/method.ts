import { type Codec, encoded, etcd } from '@tandem/contract';

/** A method of etcd's API, as gRPC wants it. */
export interface Method<Request, Response> {
  readonly path: string;
  /** Whether asking twice does no more than asking once. */
  readonly repeatable: boolean;
  readonly encode: (request: Request) => Buffer;
  readonly decode: (octets: Buffer) => Response;
}

function method<Request, Response>(
  path: string,
  request: Codec<Request>,
  response: Codec<Response>,
  repeatable = false,
): Method<Request, Response> {
  return {
    path: `/etcdserverpb.${path}`,
    repeatable,
    encode: (message) => Buffer.from(encoded(request, message)),
    decode: (octets) => response.decode(octets),
  };
}

export const range: Method<etcd.RangeRequest, etcd.RangeResponse> = method(
  'KV/Range',
  etcd.RangeRequest,
  etcd.RangeResponse,
  true,
);

export const transact: Method<etcd.TxnRequest, etcd.TxnResponse> = method(
  'KV/Txn',
  etcd.TxnRequest,
  etcd.TxnResponse,
);

export const watch: Method<etcd.WatchRequest, etcd.WatchResponse> = method(
  'Watch/Watch',
  etcd.WatchRequest,
  etcd.WatchResponse,
);

export const grantLease: Method<etcd.LeaseGrantRequest, etcd.LeaseGrantResponse> = method(
  'Lease/LeaseGrant',
  etcd.LeaseGrantRequest,
  etcd.LeaseGrantResponse,
);

export const revokeLease: Method<etcd.LeaseRevokeRequest, etcd.LeaseRevokeResponse> = method(
  'Lease/LeaseRevoke',
  etcd.LeaseRevokeRequest,
  etcd.LeaseRevokeResponse,
);

export const keepLeaseAlive: Method<etcd.LeaseKeepAliveRequest, etcd.LeaseKeepAliveResponse> = method(
  'Lease/LeaseKeepAlive',
  etcd.LeaseKeepAliveRequest,
  etcd.LeaseKeepAliveResponse,
);

export const authenticate: Method<etcd.AuthenticateRequest, etcd.AuthenticateResponse> = method(
  'Auth/Authenticate',
  etcd.AuthenticateRequest,
  etcd.AuthenticateResponse,
  true,
);

export const addRole: Method<etcd.AuthRoleAddRequest, etcd.AuthRoleAddResponse> = method(
  'Auth/RoleAdd',
  etcd.AuthRoleAddRequest,
  etcd.AuthRoleAddResponse,
);

export const addUser: Method<etcd.AuthUserAddRequest, etcd.AuthUserAddResponse> = method(
  'Auth/UserAdd',
  etcd.AuthUserAddRequest,
  etcd.AuthUserAddResponse,
);

export const changePassword: Method<etcd.AuthUserChangePasswordRequest, etcd.AuthUserChangePasswordResponse> =
  method('Auth/UserChangePassword', etcd.AuthUserChangePasswordRequest, etcd.AuthUserChangePasswordResponse);

export const grantRole: Method<etcd.AuthUserGrantRoleRequest, etcd.AuthUserGrantRoleResponse> = method(
  'Auth/UserGrantRole',
  etcd.AuthUserGrantRoleRequest,
  etcd.AuthUserGrantRoleResponse,
);

export const enableAuthentication: Method<etcd.AuthEnableRequest, etcd.AuthEnableResponse> = method(
  'Auth/AuthEnable',
  etcd.AuthEnableRequest,
  etcd.AuthEnableResponse,
);
