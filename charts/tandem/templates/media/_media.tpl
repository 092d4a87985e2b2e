{{- define "tandem.media.settings" -}}
TANDEM_HTTP_LISTEN: {{ include "tandem.httpListen" (list . "media") | quote }}
TANDEM_RTP_LISTEN: {{ include "tandem.media.host" . }}:{{ .Values.media.ports.from }}-{{ .Values.media.ports.to }}
{{- with .Values.media.address }}
TANDEM_RTP_ADVERTISE: {{ . | quote }}
{{- end }}
{{- end -}}

{{- define "tandem.media.host" -}}
{{- if gt (len .Values.ipFamilies) 1 }}[::]{{ else }}{{ include "tandem.podAddress" . }}{{ end -}}
{{- end -}}

{{- define "tandem.media.ports" -}}
{{- end -}}
