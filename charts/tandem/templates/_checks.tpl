{{/* What is missing or at odds, said before anything is made. Each line names the value. */}}
{{- define "tandem.check" -}}
{{- $problems := list -}}
{{- range $server := list "nats" "redis" "etcd" -}}
{{- $values := index $.Values $server -}}
{{- if not (or $values.enabled $values.external.url $values.external.secretName) -}}
{{- $problems = append $problems (printf "%s.external.secretName is missing: the secret with the URL of %s (or %s.external.url), since %s.enabled is false" $server $server $server $server) -}}
{{- end -}}
{{- end -}}
{{- if .Values.edge.enabled -}}
{{- if and (eq .Values.edge.expose "loadBalancer") (not .Values.edge.address) -}}
{{- $problems = append $problems "edge.address is missing: the address or name of the load balancers, which phones and providers are told" -}}
{{- end -}}
{{- if not (include "tandem.edge.listeners" . | fromYaml) -}}
{{- $problems = append $problems "edge.listeners is missing: a port other than 0 (those of tls and wss count with a certificate only)" -}}
{{- end -}}
{{- if and (eq .Values.edge.expose "cluster") (not (or .Values.edge.listeners.udp .Values.edge.listeners.tcp)) -}}
{{- $problems = append $problems "edge.listeners.udp or edge.listeners.tcp is missing: within the cluster edges are reached by one of them" -}}
{{- end -}}
{{- if and .Values.tls.certManager.enabled (not .Values.tls.secretName) -}}
{{- if not .Values.tls.certManager.issuerRef.name -}}{{- $problems = append $problems "tls.certManager.issuerRef.name is missing: the issuer of the certificate" -}}{{- end -}}
{{- if not .Values.tls.certManager.dnsNames -}}{{- $problems = append $problems "tls.certManager.dnsNames is missing: the names that the certificate is for" -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- $hosts := or (and .Values.edge.enabled (eq .Values.edge.expose "hostNetwork")) (and .Values.media.enabled (eq .Values.media.expose "hostNetwork")) -}}
{{- if and .Values.networkPolicy.enabled $hosts (not .Values.networkPolicy.nodes) -}}
{{- $problems = append $problems "networkPolicy.nodes is missing: the networks of the nodes, from which pods with hostNetwork reach the others" -}}
{{- end -}}
{{- if gt (int .Values.media.ports.from) (int .Values.media.ports.to) -}}
{{- $problems = append $problems "media.ports.to is lower than media.ports.from" -}}
{{- end -}}
{{- $media := .Values.media -}}
{{- if and $media.enabled (eq $media.kind "DaemonSet") (ne $media.expose "hostNetwork") -}}
{{- $problems = append $problems "media.kind DaemonSet needs media.expose hostNetwork" -}}
{{- end -}}
{{- if and $media.enabled (eq $media.expose "services") -}}
{{- $services := $media.services -}}
{{- if ne $media.kind "StatefulSet" -}}{{- $problems = append $problems "media.expose services needs media.kind StatefulSet" -}}{{- end -}}
{{- if gt (int $media.replicas) (int $services.count) -}}{{- $problems = append $problems "media.services.count is lower than media.replicas" -}}{{- end -}}
{{- if lt (sub (int $media.ports.to) (int $media.ports.from) | add1) (mul $services.count $services.portsPerWorker) -}}{{- $problems = append $problems (printf "media.ports has fewer than the %d ports of media.services.count × portsPerWorker" (mul $services.count $services.portsPerWorker)) -}}{{- end -}}
{{- if and (eq $services.type "LoadBalancer") (not $media.address) (not $services.addresses) -}}{{- $problems = append $problems "media.services.addresses is missing: the address of each Service (or media.address, where they share one)" -}}{{- end -}}
{{- if and $services.addresses (lt (len $services.addresses) (int $services.count)) -}}{{- $problems = append $problems "media.services.addresses has fewer than media.services.count" -}}{{- end -}}
{{- if and (eq $services.type "NodePort") (or (lt (int $media.ports.from) 30000) (gt (int $media.ports.to) 32767)) -}}{{- $problems = append $problems "media.ports is not within 30000-32767, where NodePorts are" -}}{{- end -}}
{{- end -}}
{{- if $problems -}}{{- fail (printf "\n- %s" (join "\n- " $problems)) -}}{{- end -}}
{{- end -}}
