{{- define "tandem.media.settings" -}}
TANDEM_HTTP_LISTEN: {{ include "tandem.httpListen" (list . "media") | quote }}
TANDEM_RTP_LISTEN: {{ include "tandem.media.host" . }}:{{ .Values.media.ports.from }}-{{ .Values.media.ports.to }}
{{- if eq .Values.media.expose "cluster" }}
# Parties are in the cluster, and reach pods.
TANDEM_ADVERTISE_POD: "on"
{{- end }}
{{- if eq .Values.media.expose "services" }}
TANDEM_RTP_SLICES: {{ include "tandem.media.slices" . | quote }}
{{- else if .Values.media.address }}
TANDEM_RTP_ADVERTISE: {{ .Values.media.address | quote }}
{{- end }}
{{- end -}}

{{/* Where each worker is reached: its Service's address, that of all Services, or that of its node. */}}
{{- define "tandem.media.slices" -}}
{{- $media := .Values.media -}}
{{- $slices := list -}}
{{- range $index := until (int $media.services.count) -}}
{{- $from := include "tandem.media.firstPort" (list $ $index) | int -}}
{{- $address := $media.address | default (ternary "$(HOST_IP)" "[$(HOST_IP)]" (eq (first $.Values.ipFamilies) "IPv4")) -}}
{{- if $media.services.addresses -}}{{- $address = index $media.services.addresses $index -}}{{- end -}}
{{- $slices = append $slices (printf "%s:%d-%d" $address $from (sub (add $from $media.services.portsPerWorker) 1)) -}}
{{- end -}}
{{- join "," $slices -}}
{{- end -}}

{{/* The first port of a worker's slice, by (list $ number). */}}
{{- define "tandem.media.firstPort" -}}
{{- $media := (first .).Values.media -}}
{{- add $media.ports.from (mul (last .) $media.services.portsPerWorker) -}}
{{- end -}}

{{- define "tandem.media.host" -}}
{{- if gt (len .Values.ipFamilies) 1 }}[::]{{ else }}{{ include "tandem.podAddress" . }}{{ end -}}
{{- end -}}

{{- define "tandem.media.ports" -}}
{{- end -}}
