import { reasons } from './reasons.ts';
import { type Rule, type Rules, rules } from './rule.ts';

/** Older names of options of sip.conf. */
export const sipAliases: ReadonlyMap<string, string> = new Map([
  ['username', 'defaultuser'],
  ['canreinvite', 'directmedia'],
  ['externip', 'externaddr'],
  ['bindaddr', 'udpbindaddr'],
  ['incominglimit', 'call-limit'],
  ['mailbox', 'mailboxes'],
]);

type Row = readonly [Rule['fate'], reason: string, options: string];

/** What may stand in [general] and in the section of a device. */
const anywhere: readonly Row[] = [
  ['meaningless', 'says what the section is', 'type'],
  ['meaningless', reasons.nat, 'nat keepalive defaultip rtpkeepalive'],
  ['meaningless', reasons.tones, 'dtmfmode relaxdtmf rfc2833compensate'],
  ['meaningless', reasons.prompts, 'language tonezone'],
  ['meaningless', reasons.description, 'description'],
  [
    'meaningless',
    reasons.tuning,
    'rtp_engine autoframing preferred_codec_only ignoresdpversion sdpsession sdpowner timert1 timerb t1min maxforwards ' +
      'ignore_requested_pref rpid_update use_q850_reason disallowed_methods prematuremedia maxcallbitrate amaflags qualifygap qualifypeers ' +
      'directrtpsetup legacy_useroption_parsing session-refresher refer_addheaders busylevel callcounter',
  ],
  [
    'meaningless',
    reasons.passes,
    'progressinband send_diversion videosupport textsupport usereqphone useclientcode',
  ],
  ['left', reasons.codecs, 'allow disallow'],
  ['left unless no', reasons.encryption, 'encryption encryption_taglen g726nonstandard force_avp'],
  [
    'left unless no',
    reasons.browsers,
    'avpf icesupport rtcp_mux dtlsenable dtlsverify dtlsrekey dtlsautogeneratecert dtlscertfile dtlsprivatekey dtlscipher dtlscafile dtlscapath dtlssetup dtlsfingerprint',
  ],
  ['left unless no', reasons.fax, 't38pt_udptl t38pt_usertpsource faxdetect'],
  [
    'left',
    reasons.voicemail,
    'mailboxes vmexten subscribemwi unsolicited_mailbox mwi_from buggymwi notifymimetype mwiexpiry mwi',
  ],
  ['left', reasons.music, 'mohinterpret mohsuggest musicclass'],
  ['left', reasons.pickup, 'callgroup pickupgroup namedcallgroup namedpickupgroup'],
  ['left', 'calls are not parked', 'parkinglot'],
  [
    'left',
    reasons.presence,
    'allowsubscribe subscribecontext notifyringing notifyhold notifycid submaxexpiry subminexpiry',
  ],
  ['left', reasons.variables, 'setvar'],
  ['left', reasons.recording, 'recordonfeature recordofffeature'],
  ['left unless no', reasons.overlap, 'allowoverlap'],
  ['left', reasons.accounts, 'accountcode'],
  ['left', 'phones may always transfer calls', 'allowtransfer'],
  ['left', 'whoever calls may hide who it is', 'callingpres'],
  ['left unless no', 'From is always what the switch says', 'trustrpid trust_id_outbound'],
  ['meaningless', reasons.identity, 'sendrpid'],
  ['left', 'media without packets ends a call whether it is on hold or not', 'rtpholdtimeout'],
  ['left unless no', 'charges are not told', 'snom_aoc_enabled'],
  [
    'left',
    'there are no access lists by name: spec.sources of a user names networks',
    'acl contactacl contactdeny contactpermit directmediaacl directmediadeny directmediapermit',
  ],
  [
    'left',
    'packets are not marked',
    'tos_sip tos_audio tos_video tos_text cos_sip cos_audio cos_video cos_text',
  ],
  ['left', 'is for trunks', 'fromuser fromdomain remotesecret callbackextension outboundproxy insecure port'],
  [
    'left',
    'session timers are those of the tenant: spec.sessionTimer',
    'session-timers session-expires session-minse',
  ],
  [
    'left unless no',
    'media is not held back to be smooth',
    'jbenable jbforce jbmaxsize jbresyncthreshold jbimpl jbtargetextra jblog',
  ],
  ['left', 'registering makes no extension', 'regexten regcontext regextenonqualify'],
  ['left', 'messages go to users, whatever their context', 'outofcall_message_context'],
];

export const deviceRules: Rules = rules([
  ...anywhere,
  ['meaningless', 'a user is found wherever it has registered', 'host'],
  ['meaningless', 'a phone is reached the way that it has registered by', 'transport'],
  ['left', 'accounts for other realms are in auth of a trunk', 'auth'],
  ['left', 'whether calls may be sent on is for users to say', 'promiscredir'],
]);

export const generalRules: Rules = rules([
  ...anywhere,
  [
    'meaningless',
    reasons.tuning,
    'allowexternaldomains autodomain pedantic compactheaders shrinkcallerid dynamic_exclude_static matchexternaddrlocally supportpath rtsavepath ' +
      'subscribe_network_change_event websocket_write_timeout sipdebug recordhistory dumphistory tcpauthtimeout tcpauthlimit authfailureevents srvlookup ' +
      'match_auth_username tlsdontverifyserver stunaddr localnet externrefresh domainsasrealm',
  ],
  ['meaningless', 'unknown users and wrong passwords always have the same answer', 'alwaysauthreject'],
  ['meaningless', 'the name in messages of the switch is its own', 'useragent'],
  [
    'meaningless',
    'messages and options are asked for credentials as calls are',
    'auth_message_requests auth_options_requests',
  ],
  ['left unless no', 'messages go to users', 'accept_outofcall_message'],
  ['left unless no', 'nobody is let in who has proven nothing', 'allowguest autocreatepeer'],
  [
    'left',
    'is a setting of the edge: --sip-listen',
    'bindport udpbindaddr tcpenable tcpbindaddr tlsenable tlsbindaddr transport websocket_enabled',
  ],
  ['left', 'is a setting of the edge: --sip-advertise', 'externaddr externhost externtcpport externtlsport'],
  ['left', 'is a setting of the media worker: --rtp-listen, --rtp-advertise', 'media_address rtpbindaddr'],
  ['left', 'is a setting of the edge: --sip-tls-certificate, --sip-tls-key', 'tlscertfile tlsprivatekey'],
  ['left', 'is a setting of the edge: --sip-tls-ca', 'tlscafile tlscapath'],
  [
    'left',
    'which ciphers and versions of TLS are spoken is not for configuration to say',
    'tlscipher tlsclientmethod',
  ],
  ['left unless no', reasons.realtime, 'rtcachefriends rtsavesysname rtupdate rtautoclear ignoreregexpire'],
  [
    'meaningless',
    'attempts go on at growing distances, and slowly after a refusal',
    'registertimeout registerattempts register_retry_403',
  ],
  ['left', 'whether calls may be sent on is for users to say', 'promiscredir'],
  ['left', 'networks are for each user to say: spec.sources', 'permit deny'],
  ['left', 'is the number of each user', 'callerid'],
]);
