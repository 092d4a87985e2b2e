import { reasons } from './reasons.ts';
import { type Rules, rules } from './rule.ts';

/** What becomes of options of pjsip.conf that nothing is made of, by type of section. */
export const endpointRules: Rules = rules([
  ['meaningless', reasons.section, 'type'],
  [
    'meaningless',
    reasons.nat,
    'force_rport rewrite_contact rtp_symmetric disable_direct_media_on_nat bind_rtp_to_media_address rtp_keepalive symmetric_transport',
  ],
  ['meaningless', reasons.tones, 'dtmf_mode'],
  ['meaningless', reasons.prompts, 'language tone_zone'],
  [
    'meaningless',
    reasons.tuning,
    'rtp_engine sdp_owner sdp_session use_ptime asymmetric_rtp_codec direct_media_method direct_media_glare_mitigation ' +
      'connected_line_method preferred_codec_only follow_early_media_fork accept_multiple_sdp_answers media_use_received_transport ' +
      'suppress_q850_reason_headers bundle max_audio_streams max_video_streams stir_shaken_profile ' +
      'codec_prefs_incoming_offer codec_prefs_outgoing_offer codec_prefs_incoming_answer codec_prefs_outgoing_answer ' +
      'incoming_call_offer_pref outgoing_call_offer_pref notify_early_inuse_ringing refer_blind_progress identify_by',
  ],
  [
    'meaningless',
    reasons.passes,
    '100rel timers inband_progress ignore_183_without_sdp send_diversion send_history_info send_connected_line trust_connected_line rpid_immediate user_eq_phone',
  ],
  ['meaningless', reasons.description, 'callerid_tag'],
  [
    'left',
    'addresses of media are a setting of the media worker: --rtp-listen, --rtp-advertise',
    'media_address',
  ],
  ['left', reasons.marks, 'tos_audio tos_video cos_audio cos_video'],
  [
    'left unless no',
    reasons.encryption,
    'media_encryption media_encryption_optimistic srtp_tag_32 dtls_verify dtls_rekey dtls_cert_file dtls_private_key ' +
      'dtls_cipher dtls_ca_file dtls_ca_path dtls_setup dtls_fingerprint dtls_auto_generate_cert g726_non_standard force_avp',
  ],
  ['left unless no', reasons.browsers, 'webrtc ice_support use_avpf rtcp_mux'],
  [
    'left unless no',
    reasons.fax,
    't38_udptl t38_udptl_ec t38_udptl_maxdatagram t38_udptl_nat t38_bind_udptl_to_media_address fax_detect fax_detect_timeout',
  ],
  [
    'left',
    reasons.voicemail,
    'mailboxes aggregate_mwi voicemail_extension mwi_subscribe_replaces_unsolicited mwi_from_user incoming_mwi_mailbox',
  ],
  ['left', reasons.music, 'moh_suggest moh_passthrough'],
  ['left', reasons.pickup, 'call_group pickup_group named_call_group named_pickup_group'],
  ['left', reasons.presence, 'device_state_busy_at subscribe_context allow_subscribe sub_min_expiry'],
  ['left', reasons.variables, 'set_var'],
  ['left unless no', reasons.recording, 'one_touch_recording'],
  ['meaningless', reasons.recording, 'record_on_feature record_off_feature'],
  ['left unless no', reasons.overlap, 'allow_overlap overlap_context'],
  ['left', reasons.accounts, 'accountcode'],
  ['left', reasons.timers, 'timers_min_se timers_sess_expires'],
  ['left', reasons.messages, 'message_context'],
  ['left', reasons.hiding, 'callerid_privacy'],
  ['left unless no', reasons.from, 'trust_id_inbound trust_id_outbound'],
  ['left unless no', 'only PAI is sent', 'send_rpid'],
  ['meaningless', reasons.identity, 'send_pai'],
  ['left', 'there is one Contact for all', 'contact_user'],
  ['left', reasons.silence, 'rtp_timeout_hold'],
  ['left', reasons.path, 'outbound_proxy'],
  ['left', reasons.lists, 'acl contact_acl contact_deny contact_permit deny permit'],
  ['left', 'users are challenged, and never challenge us', 'outbound_auth'],
  ['left', reasons.trunks, 'from_user from_domain'],
  ['left', reasons.redirects, 'redirect_method'],
  ['left', reasons.transfer, 'allow_transfer'],
]);

export const aorRules: Rules = rules([
  ['meaningless', reasons.section, 'type'],
  ['meaningless', reasons.nat, 'support_path'],
  ['meaningless', reasons.tuning, 'authenticate_qualify qualify_timeout qualify_2xx_only'],
  [
    'meaningless',
    'a phone too many takes the place of the one that is seen to be gone, too',
    'remove_unavailable',
  ],
  ['left', reasons.voicemail, 'mailboxes voicemail_extension'],
  ['left', reasons.path, 'outbound_proxy'],
  ['left', 'a user registers: what is fixed cannot be reached', 'contact'],
  [
    'left',
    'how long contacts are bound is for the tenant to say: spec.registration',
    'minimum_expiration maximum_expiration default_expiration',
  ],
  ['left', 'a trunk takes no registrations', 'max_contacts remove_existing'],
]);

export const authRules: Rules = rules([
  ['meaningless', reasons.section, 'type'],
  ['meaningless', 'what there is to prove oneself with tells', 'auth_type'],
  ['meaningless', reasons.realm, 'realm'],
  ['left', 'how long a nonce lives is for the tenant to say: spec.auth.nonceLifetime', 'nonce_lifetime'],
  [
    'left',
    'there is no other way to prove oneself than by digest',
    'oauth_clientid oauth_secret refresh_token',
  ],
  [
    'left',
    'algorithms are for the tenant to say: spec.auth.algorithms',
    'supported_algorithms_uac supported_algorithms_uas',
  ],
  ['left', 'only hashes that were made with MD5 are read', 'password_digest'],
]);

export const identifyRules: Rules = rules([
  ['meaningless', reasons.section, 'type'],
  ['meaningless', 'no names are looked up', 'srv_lookups'],
  [
    'left',
    'what a header or a URI says proves nothing: name addresses in identify.sources',
    'match_header match_request_uri',
  ],
  ['left', 'is about requests of somebody else', 'transport'],
]);

export const registrationRules: Rules = rules([
  ['meaningless', reasons.section, 'type'],
  [
    'meaningless',
    reasons.attempts,
    'auth_rejection_permanent max_retries forbidden_retry_interval fatal_retry_interval max_random_initial_delay',
  ],
  ['meaningless', reasons.nat, 'support_path support_outbound'],
  ['left', 'requests to a trunk go by endpoint.outboundProxy', 'outbound_proxy'],
  ['left', 'is about media that is not encrypted here', 'security_negotiation security_mechanisms'],
]);

/** What of pjsip.conf is settings of a process here. */
export const transportRules: Rules = rules([
  ['meaningless', reasons.section, 'type'],
  ['meaningless', reasons.nat, 'local_net symmetric_transport'],
  [
    'meaningless',
    reasons.tuning,
    'async_operations allow_reload websocket_write_timeout allow_wildcard_certs tcp_keepalive_enable tcp_keepalive_idle_time tcp_keepalive_interval_time tcp_keepalive_probe_count',
  ],
  ['left', reasons.listen, 'bind domain protocol'],
  ['left', reasons.advertise, 'external_signaling_address external_signaling_port'],
  ['left', 'is a setting of the media worker: --rtp-advertise', 'external_media_address'],
  ['left', reasons.certificate, 'cert_file priv_key_file password'],
  ['left', reasons.authorities, 'ca_list_file ca_list_path verify_client verify_server require_client_cert'],
  ['left', reasons.ciphers, 'cipher method'],
  ['left', reasons.marks, 'tos cos'],
]);

/** Types of sections that nothing is made of, and why. */
export const otherTypes: ReadonlyMap<string, string> = new Map([
  [
    'acl',
    'what may come from where: networks of users are in spec.sources, scanners and floods are seen to by the edge',
  ],
  ['phoneprov', reasons.provisioning],
  ['resource_list', reasons.presence],
  ['outbound-publish', reasons.presence],
  ['inbound-publication', reasons.presence],
  ['asterisk-publication', reasons.presence],
  ['wizard', 'wizards are not read: import what they write out'],
]);

/** `[global]` and `[system]`. */
export const globalRules: Rules = rules([
  ['meaningless', reasons.section, 'type'],
  [
    'meaningless',
    reasons.tuning,
    'timer_t1 timer_b compact_headers threadpool_initial_size threadpool_auto_increment threadpool_idle_timeout threadpool_max_size ' +
      'disable_tcp_switch follow_early_media_fork accept_multiple_sdp_answers disable_rport max_forwards debug ' +
      'contact_expiration_check_interval disable_multi_domain endpoint_identifier_order max_initial_qualify_time ' +
      'unidentified_request_count unidentified_request_period unidentified_request_prune_interval mwi_tps_queue_high mwi_tps_queue_low ' +
      'mwi_disable_initial_unsolicited ignore_uri_user_options send_contact_status_on_update_registration taskprocessor_overload_trigger ' +
      'norefersub use_callerid_contact all_codecs_on_empty_reinvite allow_sending_180_after_183 default_auth_algorithms_uac default_auth_algorithms_uas',
  ],
  ['meaningless', reasons.agent, 'user_agent default_from_user'],
  ['meaningless', 'connections are kept open by the edge', 'keep_alive_interval'],
  ['meaningless', reasons.realm, 'default_realm'],
  ['left', reasons.guests, 'default_outbound_endpoint'],
  ['left', reasons.voicemail, 'default_voicemail_extension'],
  ['left', reasons.registering, 'regcontext'],
]);
