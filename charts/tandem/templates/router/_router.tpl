{{- define "tandem.router.settings" -}}
TANDEM_HTTP_LISTEN: {{ include "tandem.httpListen" (list . "router") | quote }}
TANDEM_ROUTER_LISTEN: {{ include "tandem.anyAddress" . }}:{{ .Values.router.port }}
# Only edges of the cluster are told.
TANDEM_ROUTER_ADVERTISE: {{ include "tandem.podAddress" . }}:{{ .Values.router.port }}
{{- end -}}

{{- define "tandem.router.ports" -}}
- { name: grpc, containerPort: {{ .Values.router.port }}, protocol: TCP }
{{- end -}}
