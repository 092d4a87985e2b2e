{{/* What works, but is not safe or not sound, as a list. */}}
{{- define "tandem.warnings" -}}
{{- if not .Values.networkPolicy.enabled }}
- "networkPolicy.enabled is false: every pod of the cluster reaches etcd, NATS, Redis and the routers."
{{- end }}
{{- if and .Values.edge.enabled (ne .Values.edge.expose "cluster") (not (include "tandem.tlsSecret" .)) }}
- "tls has no certificate: SIP is spoken in the clear, and who listens on the way hears who calls whom."
{{- end }}
{{- if and .Values.edge.enabled (eq .Values.edge.expose "loadBalancer") (eq .Values.media.expose "cluster") .Values.media.enabled }}
- "media.expose is cluster: parties outside this cluster will hear nothing."
{{- end }}
{{- if eq .Values.edge.expose "cluster" }}
- "edge.expose is cluster: nobody outside this cluster reaches it. A trial."
{{- end }}
{{- range $server := list "nats" "redis" "etcd" }}
{{- $values := index $.Values $server }}
{{- if and (not $values.enabled) $values.external.url (regexMatch "://[^/]*:[^/]*@" $values.external.url) }}
- {{ printf "%s.external.url has a password in it, which every object that uses it shows: put it into a secret (%s.external.secretName)." $server $server | quote }}
{{- end }}
{{- if and $values.enabled (eq (int $values.replicas) 1) }}
- {{ printf "%s.replicas is 1: nothing goes on while that pod is away." $server | quote }}
{{- end }}
{{- end }}
{{- range .Values.configuration.resources }}
{{- if and (eq (.kind | default "") "User") (hasKey (dig "spec" "credentials" dict .) "password") }}
- {{ printf "configuration.resources has the password of user %s: whoever reads the release's values reads it. Use passwordFrom, ha1, or a secret (configuration.secrets)." (dig "metadata" "name" "" .) | quote }}
{{- end }}
{{- end }}
{{- end -}}
