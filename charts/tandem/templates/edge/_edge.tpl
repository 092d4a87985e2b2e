{{/* The ports that SIP is spoken on, by transport, as YAML: those of TLS only where there is a certificate. */}}
{{- define "tandem.edge.listeners" -}}
{{- range $transport, $port := .Values.edge.listeners }}
{{- if and $port (or (not (has $transport (list "tls" "wss"))) (include "tandem.tlsSecret" $)) }}
{{ $transport }}: {{ $port }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "tandem.edge.settings" -}}
{{- $dual := gt (len .Values.ipFamilies) 1 -}}
{{- $hosts := ternary (list "0.0.0.0" "[::]") (list (include "tandem.podAddress" .)) (and $dual (ne .Values.edge.expose "hostNetwork")) -}}
{{- $listeners := list -}}
{{- range $transport, $port := include "tandem.edge.listeners" . | fromYaml -}}
{{- range $hosts -}}{{- $listeners = append $listeners (printf "%s://%s:%d" $transport . (int $port)) -}}{{- end -}}
{{- end -}}
TANDEM_HTTP_LISTEN: {{ include "tandem.httpListen" (list . "edge") | quote }}
TANDEM_SIP_LISTEN: {{ join "," $listeners | quote }}
# Edges share what the outside is told: among themselves each has its own.
TANDEM_SIP_INSIDE: {{ include "tandem.podAddress" . | quote }}
{{- with include "tandem.edge.address" . }}
TANDEM_SIP_ADVERTISE: {{ . | quote }}
{{- end }}
{{- with include "tandem.edge.shared" . }}
TANDEM_SIP_SHARED: {{ . | quote }}
{{- end }}
{{- if include "tandem.tlsSecret" . }}
TANDEM_SIP_TLS_CERTIFICATE: /etc/tandem/tls/tls.crt
TANDEM_SIP_TLS_KEY: /etc/tandem/tls/tls.key
{{- end }}
{{- if .Values.tls.peers.secretName }}
TANDEM_SIP_TLS_CA: /etc/tandem/peers/{{ .Values.tls.peers.key }}
{{- end }}
{{- end -}}

{{/* Where HTTP is served, by (list $ tier): a host network has addresses that it must not be served at. */}}
{{- define "tandem.httpListen" -}}
{{- $root := first . -}}
{{- $port := (index $root.Values (last .)).httpPort -}}
{{- if eq (include "tandem.hasHostNetwork" .) "true" -}}
{{ include "tandem.podAddress" $root }}:{{ $port }}
{{- else -}}
{{ include "tandem.anyAddress" $root }}:{{ $port }}
{{- end -}}
{{- end -}}

{{/* What the outside is told of an edge: never the address of a pod. Nothing where each node has an address of its own. */}}
{{- define "tandem.edge.address" -}}
{{- if ne .Values.edge.expose "hostNetwork" -}}{{- include "tandem.edge.shared" . -}}{{- end -}}
{{- end -}}

{{/* What all edges share. */}}
{{- define "tandem.edge.shared" -}}
{{- if eq .Values.edge.expose "cluster" -}}
{{- include "tandem.host" (list . "sip") }}:{{ .Values.edge.listeners.udp | default .Values.edge.listeners.tcp -}}
{{- else -}}
{{- .Values.edge.address -}}
{{- end -}}
{{- end -}}

{{- define "tandem.edge.ports" -}}
{{- $host := eq .Values.edge.expose "hostNetwork" -}}
{{- range $transport, $port := include "tandem.edge.listeners" . | fromYaml }}
- { name: sip-{{ $transport }}, containerPort: {{ $port }}, protocol: {{ ternary "UDP" "TCP" (eq $transport "udp") }}{{ if $host }}, hostPort: {{ $port }}{{ end }} }
{{- end }}
{{- end -}}

{{- define "tandem.edge.volumes" -}}
{{- with include "tandem.tlsSecret" . }}
- { name: tls, secret: { secretName: {{ . }} } }
{{- end }}
{{- with .Values.tls.peers.secretName }}
- { name: peers, secret: { secretName: {{ . }} } }
{{- end }}
{{- end -}}

{{- define "tandem.edge.mounts" -}}
{{- if include "tandem.tlsSecret" . }}
- { name: tls, mountPath: /etc/tandem/tls, readOnly: true }
{{- end }}
{{- if .Values.tls.peers.secretName }}
- { name: peers, mountPath: /etc/tandem/peers, readOnly: true }
{{- end }}
{{- end -}}
