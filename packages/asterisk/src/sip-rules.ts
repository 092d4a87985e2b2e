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
  ['meaningless', reasons.section, 'type'],
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
  ['left', reasons.transfer, 'allowtransfer'],
  ['left', reasons.hiding, 'callingpres'],
  ['left unless no', reasons.from, 'trustrpid trust_id_outbound'],
  ['meaningless', reasons.identity, 'sendrpid'],
  ['left', reasons.silence, 'rtpholdtimeout'],
  ['left unless no', 'charges are not told', 'snom_aoc_enabled'],
  [
    'left',
    reasons.lists,
    'acl contactacl contactdeny contactpermit directmediaacl directmediadeny directmediapermit',
  ],
  ['left', reasons.marks, 'tos_sip tos_audio tos_video tos_text cos_sip cos_audio cos_video cos_text'],
  ['left', reasons.trunks, 'fromuser fromdomain remotesecret callbackextension outboundproxy insecure port'],
  ['left', reasons.timers, 'session-timers session-expires session-minse'],
  [
    'left unless no',
    'media is not held back to be smooth',
    'jbenable jbforce jbmaxsize jbresyncthreshold jbimpl jbtargetextra jblog',
  ],
  ['left', reasons.registering, 'regexten regcontext regextenonqualify'],
  ['left', reasons.messages, 'outofcall_message_context'],
];

export const deviceRules: Rules = rules([
  ...anywhere,
  ['meaningless', 'a user is found wherever it has registered', 'host'],
  ['meaningless', reasons.transport, 'transport'],
  ['left', 'accounts for other realms are in auth of a trunk', 'auth'],
  ['left', reasons.redirects, 'promiscredir'],
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
  ['meaningless', reasons.agent, 'useragent'],
  [
    'meaningless',
    'messages and options are asked for credentials as calls are',
    'auth_message_requests auth_options_requests',
  ],
  ['left unless no', 'messages go to users', 'accept_outofcall_message'],
  ['left unless no', reasons.guests, 'allowguest autocreatepeer'],
  [
    'left',
    reasons.listen,
    'bindport udpbindaddr tcpenable tcpbindaddr tlsenable tlsbindaddr transport websocket_enabled',
  ],
  ['left', reasons.advertise, 'externaddr externhost externtcpport externtlsport'],
  ['left', 'is a setting of the media worker: --rtp-listen, --rtp-advertise', 'media_address rtpbindaddr'],
  ['left', reasons.certificate, 'tlscertfile tlsprivatekey'],
  ['left', reasons.authorities, 'tlscafile tlscapath'],
  ['left', reasons.ciphers, 'tlscipher tlsclientmethod'],
  ['left unless no', reasons.realtime, 'rtcachefriends rtsavesysname rtupdate rtautoclear ignoreregexpire'],
  ['meaningless', reasons.attempts, 'registertimeout registerattempts register_retry_403'],
  ['left', reasons.redirects, 'promiscredir'],
  ['left', 'networks are for each user to say: spec.sources', 'permit deny'],
  ['left', 'is the number of each user', 'callerid'],
]);
