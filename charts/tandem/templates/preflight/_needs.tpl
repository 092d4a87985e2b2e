{{/* What this release needs of its cluster, as arguments of `tandem preflight`, as YAML. */}}
{{- define "tandem.preflight.arguments" -}}
- preflight
- --kubernetes={{ regexFind "[0-9]+\\.[0-9]+" .Chart.KubeVersion }}
{{- with include "tandem.preflight.apis" . | fromYamlArray }}
- --apis={{ join "," . }}
{{- end }}
{{- if eq (include "tandem.preflight.seesCluster" .) "true" }}
{{- $classes := include "tandem.preflight.storageClasses" . | fromYamlArray }}
{{- if has "" $classes }}
- --default-storage-class
{{- end }}
{{- with without $classes "" }}
- --storage-classes={{ join "," . }}
{{- end }}
{{- if eq (include "tandem.preflight.hasLoadBalancer" .) "true" }}
- --load-balancer
{{- end }}
{{- end }}
{{- if eq (include "tandem.preflight.hasHostNetwork" .) "true" }}
- --host-network
{{- end }}
{{- $secrets := list }}
{{- range $name, $keys := include "tandem.preflight.secrets" . | fromYaml }}
{{- $secrets = append $secrets (prepend ($keys | default list) $name | uniq | join ":") }}
{{- end }}
{{- with $secrets }}
- --secrets={{ join "," . }}
{{- end }}
{{- end -}}

{{/* What others serve, and objects of this release or its autoscalers ask for. */}}
{{- define "tandem.preflight.apis" -}}
{{- $scaling := .Values.scaling.by -}}
{{- $monitoring := .Values.monitoring -}}
{{- if $monitoring.serviceMonitor.enabled }}
- monitoring.coreos.com/v1/ServiceMonitor
{{- end }}
{{- if or $monitoring.alerts.enabled (eq $scaling "hpa") }}
- monitoring.coreos.com/v1/PrometheusRule
{{- end }}
{{- if eq $scaling "keda" }}
- keda.sh/v1alpha1/ScaledObject
{{- end }}
{{- if eq $scaling "hpa" }}
- external.metrics.k8s.io/v1beta1
{{- end }}
{{- if and .Values.edge.enabled .Values.tls.certManager.enabled (not .Values.tls.secretName) }}
- cert-manager.io/v1/Certificate
{{- end }}
{{- end -}}

{{/* The classes of volumes that are yet to be made, as a list; an empty name is that of the cluster's own. */}}
{{- define "tandem.preflight.storageClasses" -}}
{{- $classes := list -}}
{{- range $server := list "nats" "redis" "etcd" -}}
{{- $values := index $.Values $server -}}
{{- if and $values.enabled $.Release.IsInstall -}}{{- $classes = append $classes ($values.storageClass | default $.Values.persistence.storageClass) -}}{{- end -}}
{{- end -}}
{{- $classes | uniq | toYaml -}}
{{- end -}}

{{- define "tandem.preflight.hasLoadBalancer" -}}
{{- $media := .Values.media -}}
{{- or (and .Values.edge.enabled (eq .Values.edge.expose "loadBalancer")) (and $media.enabled (eq $media.expose "services") (eq $media.services.type "LoadBalancer")) -}}
{{- end -}}

{{- define "tandem.preflight.hasHostNetwork" -}}
{{- or (and .Values.edge.enabled (eq .Values.edge.expose "hostNetwork")) (and .Values.media.enabled (eq .Values.media.expose "hostNetwork")) -}}
{{- end -}}

{{/* "true" where there is something to see that belongs to no namespace, or to others, and that may be looked at. */}}
{{- define "tandem.preflight.seesCluster" -}}
{{- $classes := include "tandem.preflight.storageClasses" . | fromYamlArray -}}
{{- and .Values.preflight.enabled .Values.preflight.cluster (or (gt (len $classes) 0) (eq (include "tandem.preflight.hasLoadBalancer" .) "true")) -}}
{{- end -}}

{{/* The secrets that values name, each with its keys. */}}
{{- define "tandem.preflight.secrets" -}}
{{- $found := list -}}
{{- with .Values.secrets.existingSecret -}}
{{- $found = append $found (list . "cluster-secret") -}}
{{- range $server := list "nats" "redis" "etcd" -}}
{{- if (index $.Values $server).enabled -}}{{- $found = append $found (list $.Values.secrets.existingSecret (printf "%s-password" $server)) -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- range $server := list "nats" "redis" "etcd" -}}
{{- $values := index $.Values $server -}}
{{- if and (not $values.enabled) $values.external.secretName -}}{{- $found = append $found (list $values.external.secretName $values.external.secretKey) -}}{{- end -}}
{{- end -}}
{{- if .Values.edge.enabled -}}
{{- with .Values.tls.secretName -}}{{- $found = append $found (list . "tls.crt" "tls.key") -}}{{- end -}}
{{- with .Values.tls.peers.secretName -}}{{- $found = append $found (list . $.Values.tls.peers.key) -}}{{- end -}}
{{- end -}}
{{- if .Values.configuration.enabled -}}
{{- range .Values.configuration.secrets -}}{{- $found = append $found (list .) -}}{{- end -}}
{{- end -}}
{{- $found = concat $found (include "tandem.preflight.references" . | fromYamlArray) -}}
{{- $secrets := dict -}}
{{- range $found -}}
{{- $_ := set $secrets (first .) (concat (index $secrets (first .) | default list) (rest .)) -}}
{{- end -}}
{{- toYaml $secrets -}}
{{- end -}}

{{/* What settings take from secrets: name and key of each. */}}
{{- define "tandem.preflight.references" -}}
{{- $maps := list .Values.settings -}}
{{- range $tier := list "edge" "router" "media" "trunk" -}}
{{- $values := index $.Values $tier -}}
{{- if $values.enabled -}}{{- $maps = append $maps $values.settings -}}{{- end -}}
{{- end -}}
{{- $found := list -}}
{{- range $maps -}}
{{- range $value := . -}}
{{- if kindIs "map" $value -}}
{{- $reference := dig "valueFrom" "secretKeyRef" dict $value -}}
{{- if and $reference (not $reference.optional) -}}{{- $found = append $found (list $reference.name $reference.key) -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toYaml $found -}}
{{- end -}}
