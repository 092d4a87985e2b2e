/** RFC 5389 §6: what tells STUN from everything else that may come over the same port. */
export const cookie = 0x2112a442;
export const bindingRequest = 0x0001;
export const bindingSuccess = 0x0101;
export const headerOctets = 20;
export const xorMappedAddress = 0x0020;
export const ipv4 = 1;
export const ipv6 = 2;
