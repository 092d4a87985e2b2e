{{/*
What tells how many pods of a tier there shall be, by (list $ tier), as YAML: an expression of Prometheus by signal, a sum over
all pods of the tier. There is none where no pod is scraped: then nobody knows what to do, and nothing is done. Calls and
sessions that there are none of yet have no series; the pods that would count them do.
*/}}
{{- define "tandem.scaling.signals" -}}
{{- $root := first . -}}
{{- $tier := last . -}}
{{- $pods := printf "namespace=%q,pod=~\"%s-.+\"" $root.Release.Namespace (include "tandem.part" .) -}}
{{- $window := $root.Values.scaling.window -}}
{{- $delay := printf "tandem_event_loop_delay_seconds{%s,quantile=\"0.99\"}" $pods -}}
eventLoopDelay: 'sum(avg_over_time({{ $delay }}[{{ $window }}]))'
{{- if eq $tier "edge" }}
calls: 'sum(tandem_calls_active{ {{- $pods -}} }) or 0 * sum({{ $delay }})'
callsPerSecond: 'sum(rate(tandem_calls_started_total{ {{- $pods -}} }[{{ $window }}]))'
registrationsPerSecond: 'sum(rate(tandem_registrations_total{ {{- $pods -}} }[{{ $window }}]))'
occupancy: 'sum(avg_over_time(tandem_edge_occupancy_ratio{ {{- $pods -}} }[{{ $window }}]))'
{{- else if eq $tier "router" }}
decisionsPerSecond: 'sum(rate(tandem_router_decisions_total{ {{- $pods -}} }[{{ $window }}]))'
{{- else }}
sessions: 'sum(tandem_media_sessions{ {{- $pods -}} }) or 0 * sum({{ $delay }})'
ports: 'sum(tandem_media_port_occupancy_ratio{ {{- $pods -}} })'
{{- end }}
{{- end -}}

{{/* The signals of a tier that count, by (list $ tier), as YAML: expression and share of a pod, by name. */}}
{{- define "tandem.scaling.triggers" -}}
{{- $values := index (first .).Values.scaling (last .) -}}
{{- range $name, $query := include "tandem.scaling.signals" . | fromYaml }}
{{- with index $values $name }}
{{- if .perPod }}
{{ $name }}:
  perPod: {{ .perPod | quote }}
  query: {{ ternary (printf "(%s) + %v" $query .buffer) $query (ne (toString .buffer) "0") | squote }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* "true" where a tier has as many pods as its calls ask for, by (list $ tier). */}}
{{- define "tandem.isScaled" -}}
{{- $scaling := (first .).Values.scaling -}}
{{- and (ne $scaling.by "") (has (last .) (list "edge" "router" "media")) (index (first .).Values (last .)).enabled (dig (last .) "enabled" false $scaling) -}}
{{- end -}}

{{/* "true" where the pods of a tier say what it costs to remove them, by (list $ tier): only a Deployment asks. */}}
{{- define "tandem.isCounted" -}}
{{- $kind := (index (first .).Values (last .)).kind | default "" -}}
{{- and (eq (include "tandem.isScaled" .) "true") (eq $kind "Deployment") -}}
{{- end -}}

{{- define "tandem.scaling.target" -}}
{{- $kind := (index .Values .item).kind | default "Deployment" -}}
{{- if eq $kind "DaemonSet" -}}
{{- fail (printf "scaling.%s: %s.kind is DaemonSet, which has a pod on each node; take Deployment, or set scaling.%s.enabled to false" .item .item .item) -}}
{{- end -}}
apiVersion: apps/v1
kind: {{ $kind }}
name: {{ include "tandem.part" (list . .item) }}
{{- end -}}
