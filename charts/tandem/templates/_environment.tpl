{{/*
The environment of a container, by (list $ tier): what others refer to first, then the settings of all tiers, of the tier,
and those that the values give, each by its own name (docs/configuration.md).
*/}}
{{- define "tandem.environment" -}}
{{- $root := first . -}}
{{- $tier := last . -}}
{{- $settings := include "tandem.sharedSettings" $root | fromYaml -}}
{{- $_ := set $settings "TANDEM_DRAIN_TIMEOUT" (index $root.Values $tier).drainSeconds -}}
{{- $_ := mergeOverwrite $settings (include (printf "tandem.%s.settings" $tier) $root | fromYaml) -}}
{{- if eq (include "tandem.isCounted" .) "true" -}}{{- $_ := set $settings "TANDEM_POD_NAME" "$(POD_NAME)" -}}{{- end -}}
{{- if eq (include "tandem.addresses.areOfNode" .) "true" -}}{{- $_ := set $settings "TANDEM_HOST_NAME" (dict "valueFrom" (dict "fieldRef" (dict "fieldPath" "spec.nodeName"))) -}}{{- end -}}
{{- $_ := mergeOverwrite $settings (deepCopy $root.Values.settings) (deepCopy (index $root.Values $tier).settings) -}}
{{- include "tandem.references" $root }}
{{ include "tandem.variables" $settings }}
{{- end -}}

{{/* Variables from a map of names and texts, or of names and maps with `valueFrom`; an empty text is left out. */}}
{{- define "tandem.variables" -}}
{{- range $name, $value := . }}
{{- if kindIs "map" $value }}
- name: {{ $name }}
  {{- toYaml $value | nindent 2 }}
{{- else if ne (toString $value) "" }}
- name: {{ $name }}
  value: {{ toString $value | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Who and where a pod is, and passwords that URLs have in them. */}}
{{- define "tandem.references" -}}
- name: POD_NAME
  valueFrom: { fieldRef: { fieldPath: metadata.name } }
- name: POD_IP
  valueFrom: { fieldRef: { fieldPath: status.podIP } }
- name: POD_IPS
  valueFrom: { fieldRef: { fieldPath: status.podIPs } }
- name: HOST_IP
  valueFrom: { fieldRef: { fieldPath: status.hostIP } }
- name: HOST_IPS
  valueFrom: { fieldRef: { fieldPath: status.hostIPs } }
{{- if .Values.nats.enabled }}
{{ include "tandem.secretVariable" (list . "NATS_PASSWORD" "nats-password") }}
{{- end }}
{{- if .Values.redis.enabled }}
{{ include "tandem.secretVariable" (list . "REDIS_PASSWORD" "redis-password") }}
{{- end }}
{{- if .Values.etcd.enabled }}
{{ include "tandem.secretVariable" (list . "ETCD_PASSWORD" "etcd-password") }}
{{- end }}
{{- end -}}

{{/* A variable from the release's secret, by (list $ variable key). */}}
{{- define "tandem.secretVariable" -}}
- name: {{ index . 1 }}
  valueFrom: { secretKeyRef: { name: {{ include "tandem.secretName" (first .) }}, key: {{ last . }} } }
{{- end -}}

{{- define "tandem.sharedSettings" -}}
TANDEM_REGION: {{ .Values.region }}
TANDEM_NODE_ID: $(POD_NAME)
# None of the first is told to those outside that is not among the second.
TANDEM_POD_ADDRESSES: $(POD_IPS)
TANDEM_HOST_ADDRESSES: $(HOST_IPS)
TANDEM_DATA: /var/lib/tandem
TANDEM_LOG_LEVEL: {{ .Values.logLevel }}
TANDEM_CLUSTER_SECRET: { valueFrom: { secretKeyRef: { name: {{ include "tandem.secretName" . }}, key: cluster-secret } } }
{{- range $server := list "nats" "redis" "etcd" }}
TANDEM_{{ upper $server }}_URL: {{ include "tandem.serverUrl" (list $ $server) }}
{{- end }}
{{- if .Values.etcd.enabled }}
# Its image has no shell to set a password by: the first node does it.
TANDEM_ETCD_PROTECT: "on"
{{- end }}
{{- end -}}

{{/* How a server is reached, by (list $ server): the one of the chart, one by URL, or one whose URL is in a secret. */}}
{{- define "tandem.serverUrl" -}}
{{- $root := first . -}}
{{- $server := index $root.Values (last .) -}}
{{- if $server.enabled -}}
{{- include (printf "tandem.%s.url" (last .)) $root | quote -}}
{{- else if $server.external.secretName -}}
{ valueFrom: { secretKeyRef: { name: {{ $server.external.secretName }}, key: {{ $server.external.secretKey }} } } }
{{- else -}}
{{- $server.external.url | quote -}}
{{- end -}}
{{- end -}}

{{/* Every address of a pod, by its families; a host network has addresses that are none of ours. */}}
{{- define "tandem.anyAddress" -}}
{{- if has "IPv4" .Values.ipFamilies }}0.0.0.0{{ else }}[::]{{ end -}}
{{- end -}}

{{/* The address of the pod itself, which is that of its node where it has the host's network. */}}
{{- define "tandem.podAddress" -}}
{{- if eq (first .Values.ipFamilies) "IPv4" }}$(POD_IP){{ else }}[$(POD_IP)]{{ end -}}
{{- end -}}
