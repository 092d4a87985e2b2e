{{/* The secret with the cluster's secret and the passwords of the servers of the chart. */}}
{{- define "tandem.secretName" -}}
{{- .Values.secrets.existingSecret | default (include "tandem.part" (list . "secrets")) -}}
{{- end -}}

{{/* The secret with the certificate of the edges; nothing where there is none. */}}
{{- define "tandem.tlsSecret" -}}
{{- if .Values.tls.secretName -}}
{{- .Values.tls.secretName -}}
{{- else if .Values.tls.certManager.enabled -}}
{{- include "tandem.part" (list . "tls") -}}
{{- end -}}
{{- end -}}
