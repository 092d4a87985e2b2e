{{- define "tandem.trunk.settings" -}}
TANDEM_HTTP_LISTEN: {{ include "tandem.httpListen" (list . "trunk") | quote }}
{{- end -}}

{{- define "tandem.trunk.ports" -}}
{{- end -}}
