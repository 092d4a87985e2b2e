{{/*
Where phones send SIP, one address for each transport, with commas between; the edges themselves where their address is only
found once they run.
*/}}
{{- define "tandem.calls.targets" -}}
{{- $address := include "tandem.edge.shared" . | splitList "," | first -}}
{{- $given := regexReplaceAll "^(cloud|node|(node|service|stun):.*)$" $address "" -}}
{{- $host := regexReplaceAll "([^:\\]]|\\]):[0-9]+$" $given "${1}" | default (include "tandem.host" (list . "edge")) -}}
{{- $targets := list -}}
{{- $ports := include "tandem.edge.listeners" . | fromYaml -}}
{{- range $transport := list "udp" "tcp" "tls" -}}
{{- with index $ports $transport -}}{{- $targets = append $targets (printf "%s://%s:%d" $transport $host (int .)) -}}{{- end -}}
{{- end -}}
{{- join "," $targets -}}
{{- end -}}

{{- define "tandem.calls.arguments" -}}
- slo
- --target
- {{ include "tandem.calls.targets" . }}
{{- end -}}

{{- define "tandem.chaos.arguments" -}}
- chaos
- --pods
- app.kubernetes.io/instance={{ .Release.Name }}
- --parts
- {{ include "tandem.chaos.parts" . }}
- --target
- {{ include "tandem.calls.targets" . }}
{{- end -}}

{{/* The users of the calls are derived from it. */}}
{{- define "tandem.calls.environment" -}}
{{ include "tandem.secretVariable" (list . "TANDEM_CLUSTER_SECRET" "cluster-secret") }}
{{- end -}}

{{- define "tandem.chaos.environment" -}}
{{ include "tandem.calls.environment" . }}
{{- end -}}

{{/* Phones are talked to by edges and media workers, from any port; who they call is outside, or in this release. */}}
{{- define "tandem.calls.traffic" -}}
ingress:
  - from:
      {{- include "tandem.peers" (list . "edge" "media") | nindent 6 }}
egress:
  - ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
  - to:
      {{- include "tandem.peers" (list . "edge" "media") | nindent 6 }}
  - to: {{ include "tandem.outside" . }}
{{- end -}}

{{/* Whom edges and media workers send to besides: the pods of `helm test`, which have pod addresses. */}}
{{- define "tandem.calls.phones" -}}
{{- range $component := list "doctor" "calls" "chaos" }}
{{- if (index $.Values $component).enabled }}
- to: [{ podSelector: { matchLabels: {{ include "tandem.selector" (list $ $component) | fromYaml | toJson }} } }]
{{- end }}
{{- end }}
{{- end -}}
